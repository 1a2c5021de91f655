// events.watch and channels.stop of the Calendar API, and the webhook messages to channels, which have no body and
// carry everything in headers.
import { createHash } from 'node:crypto'
import type { EmulatorClock } from '../http-server.ts'
import { type Method, readBody } from './call.ts'
import { badRequest, notFound, refusal } from './errors.ts'
import { type Calendar, getCalendar } from './state.ts'

interface Channel {
  id: string
  resourceId: string
  resourceUri: string
  token: string | undefined
  address: string
  /** In milliseconds since 1970. */
  expiration: number
  calendar: Calendar
  lastMessage: number
}

interface PushMessage {
  channelId: string
  address: string
  state: 'sync' | 'exists' | 'not_exists'
  headers: Record<string, string>
  /** The status of the answer or why there is none; undefined while the message is being sent. */
  outcome: number | 'DROPPED' | 'HELD' | 'UNREACHABLE' | undefined
}

/** The messages to channels, and how a test disturbs their delivery. */
export interface Push {
  /** Open channels, by id. */
  channels: Map<string, Channel>
  /** Every message, oldest first. */
  messages: PushMessage[]
  /** Whether the watch call is answered only after the sync message has been delivered. */
  syncFirst: boolean
  /** Drops the next messages; all of them when the number is omitted. */
  drop(times?: number): void
  /** Sends the next messages several times each. */
  duplicate(copies: number, times?: number): void
  /** Holds all messages back until they are released. */
  hold(): void
  /** Sends the messages held back, in order or reversed, and stops holding. */
  release(order?: 'IN_ORDER' | 'REVERSED'): Promise<void>
  /** Sends again what was answered with 500, 502, 503 or 504, as Google does after a while. */
  retry(): Promise<void>
  /** Resolves when all messages so far have an outcome. */
  settled(): Promise<void>
  /** Restores normal delivery; messages held back are dropped. */
  resetBehaviour(): void
  /** For the emulator. */
  notify(calendar: Calendar, state: 'exists' | 'not_exists'): void
  open(channel: Channel): Promise<void>
}

/** Of a channel, whatever the client asks for. */
const MAX_LIFETIME_MS = 7 * 24 * 60 * 60_000
const RETRIED = [500, 502, 503, 504]

export function createPush(clock: EmulatorClock): Push {
  const inFlight = new Set<Promise<void>>()
  let [dropping, copies, duplicating, holding] = [0, 1, 0, false]

  const send = (message: PushMessage) => {
    const sending = deliver(message).finally(() => inFlight.delete(sending))
    inFlight.add(sending)
    return sending
  }
  const dispatch = (channel: Channel, state: PushMessage['state']): Promise<unknown> => {
    const message = createMessage(channel, state)
    push.messages.push(message)
    if (dropping > 0) {
      dropping -= 1
      message.outcome = 'DROPPED'
      return Promise.resolve()
    }
    if (holding) {
      message.outcome = 'HELD'
      return Promise.resolve()
    }
    const times = duplicating > 0 ? copies : 1
    duplicating = Math.max(0, duplicating - 1)
    return Promise.all(Array.from({ length: times }, () => send(message)))
  }
  const push: Push = {
    channels: new Map(),
    messages: [],
    syncFirst: false,
    drop: (times = Number.POSITIVE_INFINITY) => {
      dropping = times
    },
    duplicate: (number, times = Number.POSITIVE_INFINITY) => {
      copies = number
      duplicating = times
    },
    hold: () => {
      holding = true
    },
    release: async (order = 'IN_ORDER') => {
      holding = false
      const held = push.messages.filter(({ outcome }) => outcome === 'HELD')
      for (const message of order === 'REVERSED' ? held.reverse() : held) await send(message)
    },
    retry: async () => {
      const failed = push.messages.filter(({ outcome }) => RETRIED.includes(outcome as number))
      for (const message of failed) await send(message)
    },
    settled: async () => {
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
    resetBehaviour: () => {
      for (const message of push.messages) if (message.outcome === 'HELD') message.outcome = 'DROPPED'
      dropping = 0
      duplicating = 0
      holding = false
    },
    notify: (calendar, state) => {
      for (const channel of push.channels.values()) {
        if (channel.expiration <= clock.now().getTime()) push.channels.delete(channel.id)
        else if (channel.calendar === calendar) void dispatch(channel, state)
      }
    },
    open: async (channel) => {
      push.channels.set(channel.id, channel)
      const sent = dispatch(channel, 'sync')
      if (push.syncFirst) await sent
    },
  }
  return push
}

function createMessage(channel: Channel, state: PushMessage['state']): PushMessage {
  const { id, resourceId, resourceUri, token, address, expiration } = channel
  // The first number is 1; later ones increase with gaps.
  channel.lastMessage += channel.lastMessage === 0 ? 1 : 1 + (channel.lastMessage % 3)
  const headers = {
    'x-goog-channel-id': id,
    'x-goog-channel-expiration': new Date(expiration).toUTCString(),
    'x-goog-resource-id': resourceId,
    'x-goog-resource-uri': resourceUri,
    'x-goog-resource-state': state,
    'x-goog-message-number': String(channel.lastMessage),
    ...(token === undefined ? {} : { 'x-goog-channel-token': token }),
  }
  return { channelId: id, address, state, headers, outcome: undefined }
}

async function deliver(message: PushMessage): Promise<void> {
  message.outcome = undefined
  const headers = {
    ...message.headers,
    'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
  }
  message.outcome = await fetch(message.address, { method: 'POST', headers, redirect: 'manual' }).then(
    async (response) => {
      await response.body?.cancel()
      return response.status
    },
    () => 'UNREACHABLE' as const,
  )
}

interface WatchRequest {
  id?: string
  type?: string
  address?: string
  token?: string
  expiration?: string | number
  params?: { ttl?: string }
}

export const watch: Method = async (call) => {
  const { push, world, account, at } = call
  const calendar = getCalendar(account, at.calendarId ?? '')
  const body = readBody<WatchRequest>(call)
  checkWatchRequest(body, push)
  if (!calendar.allowsPush) {
    throw refusal(
      400,
      'pushNotSupportedForRequestedResource',
      'Push notifications are not supported by this resource.',
    )
  }
  const now = world.clock.now().getTime()
  const ttl = body.params?.ttl === undefined ? MAX_LIFETIME_MS : Number(body.params.ttl) * 1000
  const wanted = body.expiration === undefined ? now + ttl : Number(body.expiration)
  const channel: Channel = {
    id: String(body.id),
    resourceId: createHash('sha256')
      .update(`${account.email} ${calendar.id}`)
      .digest('base64url')
      .slice(0, 27),
    resourceUri: `${world.origin}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`,
    token: body.token,
    address: String(body.address),
    expiration: Math.min(wanted, now + MAX_LIFETIME_MS),
    calendar,
    lastMessage: 0,
  }
  await push.open(channel)
  const { id, resourceId, resourceUri, token, expiration } = channel
  return {
    status: 200,
    body: {
      kind: 'api#channel',
      id,
      resourceId,
      resourceUri,
      expiration: String(expiration),
      ...(token === undefined ? {} : { token }),
    },
  }
}

function checkWatchRequest({ id, type, address = '', token = '' }: WatchRequest, push: Push): void {
  if (!id || !/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw badRequest('Channel id not set or not valid.')
  if (type !== 'web_hook' && type !== 'webhook') throw badRequest('Unknown channel type.')
  if (token.length > 256) throw badRequest('Channel token is too long.')
  if (push.channels.has(id)) throw refusal(400, 'channelIdNotUnique', `Channel id ${id} not unique`)
  // Google accepts https only. Loopback addresses may use http, because tests have no certificates.
  const isLocal = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(address)
  if (!isLocal && !address.startsWith('https://')) {
    throw refusal(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`)
  }
}

export const stop: Method = (call) => {
  const { id = '', resourceId } = readBody<{ id?: string; resourceId?: string }>(call)
  const channel = call.push.channels.get(id)
  const isOwn = channel?.calendar.owner === call.account && channel.resourceId === resourceId
  if (!isOwn) throw notFound()
  call.push.channels.delete(id)
  return { status: 204 }
}
