// A request to Graph as its routes see it: whose it is, and what it prefers.
import type { LoggedRequest } from '../request-log.ts'
import { type Preferences, readPreferences } from './event-json.ts'
import type { Account, Calendar, World } from './model.ts'
import { itemNotFound } from './refusals.ts'

export interface Call {
  world: World
  account: Account
  request: LoggedRequest
  /** Absolute, with its query. */
  url: URL
  query: URLSearchParams
  preferences: Preferences
  /** What the groups of the route's pattern have found, decoded. */
  parts: (string | undefined)[]
}

export function createCall(
  world: World,
  options: { account: Account; request: LoggedRequest; parts: (string | undefined)[] },
): Call {
  const { request } = options
  const text = request.query.toString()
  const url = new URL(`${request.path}${text === '' ? '' : `?${text}`}`, world.origin)
  const preferences = readPreferences(request.headers.prefer)
  return { world, ...options, url, query: url.searchParams, preferences }
}

/** @param id the default calendar without
 * @throws GraphRefusal when it is gone */
export function requireCalendar(account: Account, id?: string): Calendar {
  const calendar = account.calendars.find((one) => (id === undefined ? one.isDefault : one.id === id))
  if (calendar === undefined) throw itemNotFound()
  return calendar
}

/** Parameters of functions are found without regard to case, those of OData are not. */
export function findParameter(query: URLSearchParams, name: string): string | undefined {
  return [...query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

export const preferenceApplied = ({ applied }: Preferences): Record<string, string> =>
  applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }
