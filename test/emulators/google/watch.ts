// events.watch and channels.stop of the Calendar API, and the messages that go out to who watches: without a body,
// with all there is to know in headers.
import { createHash } from 'node:crypto'
import type { EmulatorClock } from '../http-server.ts'
import { type Method, readBody } from './call.ts'
import { badRequest, notFound, refusal } from './errors.ts'
import { type Calendar, getCalendar } from './state.ts'

export interface Channel {
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

export interface PushMessage {
  channelId: string
  address: string
  state: 'sync' | 'exists' | 'not_exists'
  headers: Record<string, string>
  /** What the address answered; undefined as long as it has not. */
  outcome: number | 'DROPPED' | 'HELD' | 'UNREACHABLE' | undefined
}

/** Messages to come, and what is to happen to them. */
export interface Push {
  /** Those that are alive, by id. */
  channels: Map<string, Channel>
  /** Every message, oldest first. */
  messages: PushMessage[]
  /** The sync message is answered before the watch call is. */
  syncFirst: boolean
  /** Longest life of a channel in milliseconds, whatever was asked for. */
  longestLife: number
  /** The next messages are lost; all of them without a number. */
  drop(times?: number): void
  /** The next messages are each sent so many times. */
  duplicate(copies: number, times?: number): void
  /** Keeps all messages back until they are released. */
  hold(): void
  /** Sends what was held back, in the order of arrival or the other way round, and holds no more. */
  release(order?: 'IN_ORDER' | 'REVERSED'): Promise<void>
  /** Sends again what was answered with 500, 502, 503 or 504, as Google does after a while. */
  retry(): Promise<void>
  /** When all messages so far have an outcome. */
  settled(): Promise<void>
  /** Messages arrive once and at once again; those held back are forgotten. */
  calm(): void
  /** For the emulator. */
  notify(calendar: Calendar, state: 'exists' | 'not_exists'): void
  open(channel: Channel): Promise<void>
}

const WEEK = 7 * 24 * 60 * 60_000
const RETRIED = [500, 502, 503, 504]

export function createPush(clock: EmulatorClock): Push {
  const underWay = new Set<Promise<void>>()
  let [dropping, copies, duplicating, holding] = [0, 1, 0, false]

  const send = (message: PushMessage) => {
    const sending = deliver(message).finally(() => underWay.delete(sending))
    underWay.add(sending)
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
    longestLife: WEEK,
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
      while (underWay.size > 0) await Promise.all(underWay)
    },
    calm: () => {
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
  // Numbers grow, and leave gaps: the first is 1.
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

interface Wish {
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
  const wish = readBody<Wish>(call)
  checkWish(wish, push)
  if (!calendar.allowsPush) {
    throw refusal(
      400,
      'pushNotSupportedForRequestedResource',
      'Push notifications are not supported by this resource.',
    )
  }
  const now = world.clock.now().getTime()
  const ttl = wish.params?.ttl === undefined ? push.longestLife : Number(wish.params.ttl) * 1000
  const wanted = wish.expiration === undefined ? now + ttl : Number(wish.expiration)
  const channel: Channel = {
    id: String(wish.id),
    resourceId: createHash('sha256')
      .update(`${account.email} ${calendar.id}`)
      .digest('base64url')
      .slice(0, 27),
    resourceUri: `${world.origin}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`,
    token: wish.token,
    address: String(wish.address),
    expiration: Math.min(wanted, now + push.longestLife),
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

function checkWish({ id, type, address = '', token = '' }: Wish, push: Push): void {
  if (!id || !/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw badRequest('Channel id not set or not valid.')
  if (type !== 'web_hook' && type !== 'webhook') throw badRequest('Unknown channel type.')
  if (token.length > 256) throw badRequest('Channel token is too long.')
  if (push.channels.has(id)) throw refusal(400, 'channelIdNotUnique', `Channel id ${id} not unique`)
  // Google takes https only. On this machine http will do.
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
