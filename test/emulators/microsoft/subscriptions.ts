// Subscriptions to the events of a mailbox. Both webhook URLs are validated before a subscription is created, it lives
// for a week at most, and lifecycle events report that it must be reauthorized, was removed, or missed notifications.
import { randomUUID } from 'node:crypto'
import type { Answer } from '../http-server.ts'
import { readObject } from './event-input.ts'
import { etagOf, idFor } from './event-json.ts'
import type { Call } from './graph-call.ts'
import type { Account, ChangeType, StoredEvent, World } from './model.ts'
import type { Notification } from './notifications.ts'
import { badRequest, GraphRefusal } from './refusals.ts'

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'

export interface Subscription {
  id: string
  account: Account
  changeTypes: string[]
  resource: string
  notificationUrl: string
  lifecycleNotificationUrl: string | null
  clientState: string | null
  immutableIds: boolean
  expires: Date
  /** When deliveries stop unless the client reauthorizes the subscription; undefined while that is not required. */
  pausedFrom: Date | undefined
}

export interface Subscriptions {
  /** The subscriptions that have not expired. */
  all(account?: Account): Subscription[]
  create(call: Call): Promise<Answer>
  list(call: Call): Answer
  get(call: Call): Answer
  renew(call: Call): Answer
  reauthorize(call: Call): Answer
  remove(call: Call): Answer
  notify(account: Account, change: { event: StoredEvent; type: ChangeType }): void
  lifecycle(account: Account, event: LifecycleEvent): void
}

const MINUTE = 60_000
const MAX_MINUTES = 10_080
const MIN_MINUTES = 45
const REAUTHORIZE_WITHIN = 60 * MINUTE
const RESOURCE = /^\/?(me|users\/[^/]+)\/(events|calendar\/events|calendars\/[^/]+\/events)$/i

export function createSubscriptions(
  world: World,
  { queue }: { queue(url: string, notification: Notification): void },
): Subscriptions {
  let subscriptions: Subscription[] = []

  const alive = () => {
    const now = world.clock.now()
    subscriptions = subscriptions.filter(({ expires }) => expires > now)
    return subscriptions
  }
  const mine = ({ account, parts }: Call) => {
    const found = alive().find((one) => one.id === parts[0] && one.account === account)
    if (found !== undefined) return found
    throw new GraphRefusal(404, 'ResourceNotFound', 'The object was not found.')
  }
  const answer = (subscription: Subscription, status: number): Answer => ({
    status,
    body: {
      '@odata.context': `${world.origin}/v1.0/$metadata#subscriptions/$entity`,
      ...show(subscription, world),
    },
  })

  return {
    all: (account) => alive().filter((one) => account === undefined || one.account === account),
    create: async (call) => {
      const subscription = readSubscription(call)
      const { notificationUrl, lifecycleNotificationUrl } = subscription
      await validate(notificationUrl, world)
      if (lifecycleNotificationUrl !== null) await validate(lifecycleNotificationUrl, world)
      subscriptions.push(subscription)
      return answer(subscription, 201)
    },
    list: ({ account }) => ({
      status: 200,
      body: { value: alive().flatMap((one) => (one.account === account ? [show(one, world)] : [])) },
    }),
    get: (call) => answer(mine(call), 200),
    renew: (call) => {
      const subscription = mine(call)
      const body = readObject(call.request.body)
      subscription.expires = readExpiry(body.expirationDateTime, world)
      subscription.pausedFrom = undefined
      return answer(subscription, 200)
    },
    reauthorize: (call) => {
      mine(call).pausedFrom = undefined
      return { status: 204 }
    },
    remove: (call) => {
      const subscription = mine(call)
      subscriptions = subscriptions.filter((one) => one !== subscription)
      return { status: 204 }
    },
    notify: (account, { event, type }) => {
      const now = world.clock.now()
      for (const one of alive()) {
        const isPaused = one.pausedFrom !== undefined && one.pausedFrom <= now
        if (one.account !== account || isPaused || !one.changeTypes.includes(type)) continue
        queue(one.notificationUrl, changeNotification(one, { event, type }))
      }
    },
    lifecycle: (account, event) => {
      for (const one of alive()) {
        if (one.account !== account) continue
        if (one.lifecycleNotificationUrl !== null) {
          queue(one.lifecycleNotificationUrl, { ...envelope(one), lifecycleEvent: event })
        }
        if (event === 'reauthorizationRequired') {
          one.pausedFrom = new Date(world.clock.now().getTime() + REAUTHORIZE_WITHIN)
        }
        if (event === 'subscriptionRemoved') subscriptions = subscriptions.filter((other) => other !== one)
      }
    },
  }
}

function readSubscription({ world, account, request, preferences }: Call): Subscription {
  const body = readObject(request.body)
  const resource = String(body.resource ?? '')
  if (!RESOURCE.test(resource)) {
    throw badRequest('InvalidRequest', `The resource '${resource}' cannot be subscribed to here.`)
  }
  const clientState = (body.clientState ?? null) as string | null
  if (clientState !== null && clientState.length > 128) {
    throw badRequest('InvalidRequest', 'The clientState must not be longer than 128 characters.')
  }
  const lifecycleUrl = (body.lifecycleNotificationUrl ?? null) as string | null
  const changeTypes = String(body.changeType ?? '').split(',')
  if (changeTypes.some((type) => !['created', 'updated', 'deleted'].includes(type))) {
    throw badRequest('InvalidRequest', 'The changeType is invalid.')
  }
  return {
    id: randomUUID(),
    account,
    changeTypes,
    resource,
    notificationUrl: readUrl(body.notificationUrl),
    lifecycleNotificationUrl: lifecycleUrl === null ? null : readUrl(lifecycleUrl),
    clientState,
    immutableIds: preferences.immutableIds,
    expires: readExpiry(body.expirationDateTime, world),
    pausedFrom: undefined,
  }
}

/** Microsoft accepts https only. Loopback addresses may use http, because tests have no certificates. */
function readUrl(value: unknown): string {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url.href
  throw badRequest('InvalidRequest', 'The notification URL must be an absolute https address.')
}

function readExpiry(value: unknown, { clock }: World): Date {
  const now = clock.now().getTime()
  const wanted =
    typeof value === 'string' && /(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(wanted)) throw badRequest('InvalidRequest', 'The expirationDateTime is invalid.')
  if (wanted <= now || wanted > now + MAX_MINUTES * MINUTE) {
    throw badRequest(
      'ExtensionError',
      `Subscription expiration can only be ${MAX_MINUTES} minutes in the future.`,
    )
  }
  return new Date(Math.max(wanted, now + MIN_MINUTES * MINUTE))
}

/** The webhook must return exactly the token as plain text before the timeout. */
async function validate(address: string, { behaviour }: World): Promise<void> {
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`
  const url = new URL(address)
  url.searchParams.set('validationToken', token)
  const signal = AbortSignal.timeout(behaviour.validationTimeoutMs)
  const failed = (reason: string) =>
    badRequest('ValidationError', `Subscription validation request ${reason}`)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    redirect: 'manual',
    signal,
  }).catch(() => {
    throw failed(signal.aborted ? 'timed out.' : 'failed.')
  })
  const text = await response.text().catch(() => '')
  const type = response.headers.get('content-type') ?? ''
  if (response.status !== 200) {
    throw failed(
      `failed. HTTP status code is '${response.status}'. Notification endpoint must respond with 200 OK to validation request.`,
    )
  }
  if (!type.startsWith('text/plain') || text !== token) {
    throw failed('failed. The response must be the decoded validation token as text/plain.')
  }
}

function show(subscription: Subscription, { clientId }: World) {
  const { account, changeTypes, expires, pausedFrom: _, immutableIds: __, ...others } = subscription
  return {
    ...others,
    applicationId: clientId,
    changeType: changeTypes.join(','),
    expirationDateTime: expires.toISOString(),
    creatorId: account.userId,
    includeResourceData: null,
    latestSupportedTlsVersion: 'v1_2',
    encryptionCertificate: null,
    encryptionCertificateId: null,
    notificationQueryOptions: null,
    notificationUrlAppId: null,
    notificationContentType: 'application/json',
  }
}

function envelope({ id, expires, account, clientState }: Subscription) {
  return {
    subscriptionId: id,
    subscriptionExpirationDateTime: expires.toISOString(),
    tenantId: account.tenantId,
    clientState,
  }
}

function changeNotification(
  subscription: Subscription,
  { event, type }: { event: StoredEvent; type: ChangeType },
): Notification {
  const { account, immutableIds } = subscription
  const id = idFor(event.id, immutableIds)
  const resource = `Users/${account.userId}/Events/${id}`
  return {
    ...envelope(subscription),
    changeType: type,
    resource,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.Event',
      '@odata.id': resource,
      '@odata.etag': etagOf(event),
      id,
    },
  }
}
