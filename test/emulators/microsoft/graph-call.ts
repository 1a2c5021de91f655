// A request to Graph as its routes get it: with its account and its preferences.
import type { LoggedRequest } from '../request-log.ts'
import { type Preferences, readPreferences } from './event-json.ts'
import type { Account, Calendar, World } from './model.ts'
import { itemNotFound } from './refusals.ts'

export interface Call {
  world: World
  account: Account
  request: LoggedRequest
  /** Absolute, with the query. */
  url: URL
  query: URLSearchParams
  preferences: Preferences
  /** The decoded groups of the route's pattern. */
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

/** @param id the default calendar when omitted
 * @throws GraphRefusal when there is no such calendar */
export function requireCalendar(account: Account, id?: string): Calendar {
  const calendar = account.calendars.find((one) => (id === undefined ? one.isDefault : one.id === id))
  if (calendar === undefined) throw itemNotFound()
  return calendar
}

/** Names of function parameters are case-insensitive, unlike OData options. */
export function findParameter(query: URLSearchParams, name: string): string | undefined {
  return [...query].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

export const preferenceApplied = ({ applied }: Preferences): Record<string, string> =>
  applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }
