// The routes of Graph, and the checks common to all of them: token, limits and permission.
import type { Answer } from '../http-server.ts'
import type { LoggedRequest, RequestLog } from '../request-log.ts'
import { shortName } from './authorize.ts'
import { getCalendarView, getInstances } from './calendar-view.ts'
import type { DeltaFeeds } from './delta.ts'
import { cancelEvent, createEvent, deleteEvent, getEvent, listEvents, updateEvent } from './event-routes.ts'
import type { Grant, Grants } from './grants.ts'
import { type Call, createCall } from './graph-call.ts'
import type { Account, World } from './model.ts'
import { getCalendar, getMailboxSettings, getUser, listCalendars } from './profile-routes.ts'
import { answerRefusal, badRequest, GraphRefusal } from './refusals.ts'
import { getSchedule } from './schedule-routes.ts'
import type { Subscriptions } from './subscriptions.ts'

type Permission = 'User.Read' | 'MailboxSettings.Read' | 'Calendars.Read' | 'Calendars.ReadWrite'

interface GraphRoute {
  method: string
  path: RegExp
  permission: Permission
  answer(call: Call): Answer | Promise<Answer>
}

interface GraphParts {
  world: World
  grants: Grants
  subscriptions: Subscriptions
  feeds: DeltaFeeds
  /** A function, because the log exists only once the server listens. */
  log(): RequestLog
}

/** The scopes that include each permission. */
const GRANTED_BY: Record<Permission, string[]> = {
  'User.Read': ['user.read', 'user.readwrite', 'user.readbasic.all', 'user.read.all'],
  'MailboxSettings.Read': ['mailboxsettings.read', 'mailboxsettings.readwrite'],
  'Calendars.Read': ['calendars.read', 'calendars.readwrite'],
  'Calendars.ReadWrite': ['calendars.readwrite'],
}

const CALENDAR = '/me(?:/calendar|/calendars/([^/]+))?'

function listRoutes({ subscriptions, feeds }: GraphParts): GraphRoute[] {
  const route = (line: string, permission: Permission, answer: GraphRoute['answer']): GraphRoute => {
    const [method = '', path] = line.split(' ')
    return { method, path: new RegExp(`^/v1\\.0${path}$`, 'i'), permission, answer }
  }
  const event = '/me(?:/calendar|/calendars/[^/]+)?/events/([^/]+)'
  return [
    route('GET /me', 'User.Read', getUser),
    route('GET /me/mailboxSettings', 'MailboxSettings.Read', getMailboxSettings),
    route('GET /me/calendar', 'Calendars.Read', getCalendar),
    route('GET /me/calendars', 'Calendars.Read', listCalendars),
    route('GET /me/calendars/([^/]+)', 'Calendars.Read', getCalendar),
    route(`GET ${CALENDAR}/calendarView`, 'Calendars.Read', getCalendarView),
    route(`GET ${CALENDAR}/calendarView/delta`, 'Calendars.Read', (call) => feeds.answer(call)),
    route(`POST ${CALENDAR}/getSchedule`, 'Calendars.Read', getSchedule),
    route(`GET ${CALENDAR}/events`, 'Calendars.Read', listEvents),
    route(`POST ${CALENDAR}/events`, 'Calendars.ReadWrite', createEvent),
    route(`GET ${event}`, 'Calendars.Read', getEvent),
    route(`GET ${event}/instances`, 'Calendars.Read', getInstances),
    route(`PATCH ${event}`, 'Calendars.ReadWrite', updateEvent),
    route(`DELETE ${event}`, 'Calendars.ReadWrite', deleteEvent),
    route(`POST ${event}/cancel`, 'Calendars.ReadWrite', cancelEvent),
    route('GET /subscriptions', 'Calendars.Read', subscriptions.list),
    route('POST /subscriptions', 'Calendars.Read', subscriptions.create),
    route('GET /subscriptions/([^/]+)', 'Calendars.Read', subscriptions.get),
    route('PATCH /subscriptions/([^/]+)', 'Calendars.Read', subscriptions.renew),
    route('DELETE /subscriptions/([^/]+)', 'Calendars.Read', subscriptions.remove),
    route('POST /subscriptions/([^/]+)/reauthorize', 'Calendars.Read', subscriptions.reauthorize),
  ]
}

/** @returns the handler of requests whose path begins with /v1.0 */
export function createGraph(parts: GraphParts): (request: LoggedRequest) => Promise<Answer> {
  const { world, grants } = parts
  const routes = listRoutes(parts)

  async function answer(request: LoggedRequest): Promise<Answer> {
    const { account, scopes } = requireGrant(grants, request)
    refuseTooMany(account, { ...parts, request })
    if (world.behaviour.latencyMs > 0) {
      await new Promise((resolve) => setTimeout(resolve, world.behaviour.latencyMs))
    }
    const route = findRoute(routes, request)
    if (!scopes.some((scope) => GRANTED_BY[route.permission].includes(shortName(scope)))) {
      throw new GraphRefusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.')
    }
    if (!account.hasMailbox && route.permission !== 'User.Read') {
      throw new GraphRefusal(
        404,
        'MailboxNotEnabledForRESTAPI',
        'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
      )
    }
    const [, ...groups] = route.path.exec(request.path) ?? []
    const decoded = groups.map((group: string | undefined) => group && decodeURIComponent(group))
    return route.answer(createCall(world, { account, request, parts: decoded }))
  }

  return async (request) => {
    try {
      return await answer(request)
    } catch (error) {
      if (!(error instanceof GraphRefusal)) throw error
      return answerRefusal(error, {
        clock: world.clock,
        clientRequestId: request.headers['client-request-id'],
      })
    }
  }
}

/** @returns the bearer token of a request; undefined when there is none */
export function bearerOf(headers: Record<string, string>): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
}

function requireGrant(grants: Grants, { headers }: LoggedRequest): Grant {
  const refuse = (message: string) => new GraphRefusal(401, 'InvalidAuthenticationToken', message)
  const token = bearerOf(headers)
  if (token === undefined) throw refuse('Access token is empty.')
  const grant = grants.findAccess(token)
  if (grant === 'EXPIRED') throw refuse('Lifetime validation failed, the token is expired.')
  if (grant === undefined) throw refuse('IDX14100: JWT is not well formed, there are no dots (.).')
  return grant
}

function refuseTooMany(
  { email }: Account,
  { world, log, request }: GraphParts & { request: LoggedRequest },
): void {
  const { maxInFlight, requestsPer10Minutes } = world.behaviour
  const refuse = (limit: string, seconds: number) =>
    new GraphRefusal(429, 'ApplicationThrottled', `Application is over its ${limit} limit.`, {
      'retry-after': String(seconds),
    })
  if (request.inFlightOnArrival > maxInFlight) throw refuse('MailboxConcurrency', 1)
  const recent = log().within(10, { now: world.clock.now(), account: email })
  if (recent > requestsPer10Minutes) throw refuse('RequestsPer10Minutes', 60)
}

function findRoute(routes: GraphRoute[], { method, path }: LoggedRequest): GraphRoute {
  const ofPath = routes.filter((route) => route.path.test(path))
  const found = ofPath.find((route) => route.method === method)
  if (found !== undefined) return found
  if (ofPath.length > 0)
    throw new GraphRefusal(405, 'Request_BadRequest', 'Specified HTTP method is not allowed.')
  throw badRequest('BadRequest', `Resource not found for the segment '${path.split('/').at(-1)}'.`)
}
