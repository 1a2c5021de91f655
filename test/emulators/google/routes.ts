// Routes requests to the OAuth endpoints and the methods of the Calendar API, and checks the tokens of the latter.
import type { Answer } from '../http-server.ts'
import type { LoggedRequest, RequestLog } from '../request-log.ts'
import { showConsentPage, takeConsentForm } from './authorize.ts'
import * as calendars from './calendars.ts'
import type { Call, Method } from './call.ts'
import {
  insufficientScope,
  invalidCredential,
  missingCredential,
  notFound,
  Refusal,
  refusal,
} from './errors.ts'
import { instances, list } from './event-list.ts'
import * as events from './events.ts'
import { selectFields } from './fields.ts'
import { query as queryFreeBusy } from './freebusy.ts'
import { type ApiMethod, acceptedScopes } from './scopes.ts'
import type { Account } from './state.ts'
import {
  describeToken,
  describeUser,
  discover,
  issueTokens,
  revokeToken,
  type TokenEndpoints,
} from './tokens.ts'
import { type Push, stop, watch } from './watch.ts'

interface Parts extends TokenEndpoints {
  push: Push
  log: RequestLog
}

type OAuthRoute = (parts: Parts, request: LoggedRequest) => Answer | Promise<Answer>

const OAUTH: Record<string, OAuthRoute> = {
  'GET /o/oauth2/v2/auth': (parts, { query }) => showConsentPage(parts, query),
  'POST /o/oauth2/v2/auth/consent': (parts, { body }) => takeConsentForm(parts, new URLSearchParams(body)),
  'POST /token': issueTokens,
  'POST /revoke': revokeToken,
  'GET /revoke': revokeToken,
  'GET /tokeninfo': describeToken,
  'POST /tokeninfo': describeToken,
  'GET /oauth2/v3/userinfo': describeUser,
  'GET /v1/userinfo': describeUser,
  'GET /oauth2/v3/certs': ({ key }) => ({ status: 200, body: { keys: [key.publicKey] } }),
  'GET /.well-known/openid-configuration': discover,
}

const API: [route: string, name: ApiMethod, method: Method][] = [
  ['GET /users/me/calendarList', 'calendarList.list', calendars.list],
  ['GET /users/me/calendarList/:calendarId', 'calendarList.get', calendars.getEntry],
  ['GET /calendars/:calendarId', 'calendars.get', calendars.get],
  ['GET /users/me/settings/:setting', 'settings.get', calendars.getSetting],
  ['POST /freeBusy', 'freebusy.query', queryFreeBusy],
  ['POST /channels/stop', 'channels.stop', stop],
  ['POST /calendars/:calendarId/events/watch', 'events.watch', watch],
  ['GET /calendars/:calendarId/events', 'events.list', list],
  ['POST /calendars/:calendarId/events', 'events.insert', events.insert],
  ['GET /calendars/:calendarId/events/:eventId', 'events.get', events.get],
  ['PATCH /calendars/:calendarId/events/:eventId', 'events.patch', events.patch],
  ['PUT /calendars/:calendarId/events/:eventId', 'events.update', events.update],
  ['DELETE /calendars/:calendarId/events/:eventId', 'events.delete', events.remove],
  ['GET /calendars/:calendarId/events/:eventId/instances', 'events.instances', instances],
]
const PREFIX = '/calendar/v3'

export function createRouter(parts: Parts): (request: LoggedRequest) => Promise<Answer> {
  return async (request) => {
    try {
      const oauth = OAUTH[`${request.method} ${request.path}`]
      return await (oauth ? oauth(parts, request) : callApi(parts, request))
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }
}

async function callApi(parts: Parts, request: LoggedRequest): Promise<Answer> {
  const { world, push } = parts
  for (const [route, name, method] of API) {
    const at = matchRoute(route, request)
    if (!at) continue
    const account = authorise(parts, request, name)
    const call: Call = { world, push, account, at, request }
    const answer = await method(call)
    return { ...answer, body: selectFields(answer.body, request.query.get('fields')) }
  }
  throw notFound()
}

/** @returns the values of the route's placeholders; undefined when the request does not match */
function matchRoute(route: string, { method, path }: LoggedRequest): Record<string, string> | undefined {
  const [verb, template = ''] = route.split(' ')
  const [wanted, given] = [`${PREFIX}${template}`.split('/'), path.split('/')]
  if (verb !== method || wanted.length !== given.length) return undefined
  const at: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) at[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return at
}

function authorise({ grants, world, log }: Parts, request: LoggedRequest, name: ApiMethod): Account {
  const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (bearer === undefined) throw missingCredential()
  const found = grants.findAccess(bearer)
  if (!found) throw invalidCredential()
  const accepted = acceptedScopes(name)
  if (!found.grant.scopes.some((scope) => accepted.includes(scope))) throw insufficientScope(accepted)
  const { account } = found.grant
  const lately = log.within(1, { now: world.clock.now(), account: account.email })
  if (lately > world.behaviour.requestsPerMinute) {
    throw refusal(403, 'rateLimitExceeded', 'Rate Limit Exceeded', { domain: 'usageLimits' })
  }
  return account
}
