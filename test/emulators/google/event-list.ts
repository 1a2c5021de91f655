// events.list and events.instances of the Calendar API: windows, searches, pages, and changes since a sync token.
import { randomBytes } from 'node:crypto'
import { type Call, type Method, readBoolean, readInteger, readOneOf } from './call.ts'
import { badRequest, invalid, refusal, timeRangeEmpty } from './errors.ts'
import { toEventJson } from './event-shape.ts'
import { createSyncToken, describesAll, eventsSince, readSyncToken, type SyncToken } from './event-sync.ts'
import { isWithin, readInstant, spanOf, toUtc, type Window } from './event-times.ts'
import { getEvent } from './event-writes.ts'
import {
  eventsWithin,
  exceptionsOf,
  hasLiveSeries,
  isCancelled,
  isException,
  isSeries,
  occurrencesOf,
} from './occurrences.ts'
import { type Calendar, getCalendar, type StoredEvent } from './state.ts'

interface Pages {
  pages: StoredEvent[][]
  syncToken: string | undefined
}

/** The remaining pages of lists, by the token of their next page. */
const remaining = new WeakMap<Calendar, Map<string, Pages>>()

const YEAR = 366 * 24 * 60 * 60_000
/** How long after its last change `updatedMin` still lists a deleted event. */
const LONGEST_MEMORY = 28 * 24 * 60 * 60_000

export const list: Method = (call) => {
  const calendar = getCalendar(call.account, call.at.calendarId ?? '')
  const token = readSyncToken(call, calendar)
  const rest = findRest(call, calendar)
  if (rest) return showPage(call, calendar, rest)
  const version = call.world.version()
  const found = token ? eventsSince(calendar, token) : search(call, calendar)
  const next: SyncToken | undefined = token
    ? { ...token, version }
    : describesAll(call)
      ? {
          version,
          epoch: calendar.syncEpoch,
          singleEvents: readBoolean(call, 'singleEvents') ?? false,
          eventTypes: call.request.query.getAll('eventTypes'),
          window: readWindow(call),
        }
      : undefined
  const syncToken = next && createSyncToken(calendar, next)
  return showPage(call, calendar, { pages: paginate(call, found), syncToken })
}

export const instances: Method = (call) => {
  const calendar = getCalendar(call.account, call.at.calendarId ?? '')
  const rest = findRest(call, calendar)
  if (rest) return showPage(call, calendar, rest)
  const series = getEvent(calendar, call.at.eventId ?? '')
  if (!isSeries(series)) throw badRequest('Bad Request')
  const window = { ...openWindow(call), ...readWindow(call) }
  const found = [
    ...(isCancelled(series) ? [] : occurrencesOf(calendar, series, window)),
    ...exceptionsOf(calendar, String(series.resource.id)).filter(
      (one) =>
        (!isCancelled(one) || readBoolean(call, 'showDeleted')) && isWithin(one.resource, calendar, window),
    ),
  ].sort((one, other) => compareByStart(calendar, one, other))
  return showPage(call, calendar, { pages: paginate(call, found), syncToken: undefined })
}

function search(call: Call, calendar: Calendar): StoredEvent[] {
  const { query } = call.request
  const orderBy = readOneOf(call, 'orderBy', ['startTime', 'updated'])
  const singleEvents = readBoolean(call, 'singleEvents') ?? false
  if (orderBy === 'startTime' && !singleEvents) {
    throw badRequest('The requested ordering is not available for the particular query.')
  }
  const showDeleted = (readBoolean(call, 'showDeleted') ?? false) || query.has('updatedMin')
  const given = readWindow(call)
  const window = { ...openWindow(call), ...given }
  const live = singleEvents
    ? eventsWithin(calendar, window)
    : seriesAndSingles(calendar, { window, isOpen: given.from === undefined && given.to === undefined })
  const deleted = [...calendar.events.values()].filter(
    (stored) =>
      isCancelled(stored) &&
      (showDeleted || (!singleEvents && isException(stored) && hasLiveSeries(calendar, stored))) &&
      isWithin(stored.resource, calendar, window),
  )
  const found = [...live, ...deleted].filter((stored) => matches(call, stored))
  return orderBy === 'startTime'
    ? found.sort((one, other) => compareByStart(calendar, one, other))
    : found.sort((one, other) => one.version - other.version)
}

/** A series is listed when one of its occurrences is in the window. */
function seriesAndSingles(
  calendar: Calendar,
  { window, isOpen }: { window: Window; isOpen: boolean },
): StoredEvent[] {
  return [...calendar.events.values()].filter((stored) => {
    if (isCancelled(stored) || (isException(stored) && !hasLiveSeries(calendar, stored))) return false
    if (isSeries(stored)) return isOpen || occurrencesOf(calendar, stored, window).length > 0
    return isOpen || isWithin(stored.resource, calendar, window)
  })
}

function matches(call: Call, { resource }: StoredEvent): boolean {
  const { query } = call.request
  const { extendedProperties, summary, description, location, attendees } = resource
  const has = (name: string, properties: Record<string, string> | null | undefined) =>
    query.getAll(name).every((constraint) => {
      const [key = '', ...value] = constraint.split('=')
      return properties?.[key] === value.join('=')
    })
  const text = JSON.stringify([summary, description, location, attendees]).toLowerCase()
  const types = query.getAll('eventTypes')
  const updatedMin = query.get('updatedMin')
  return (
    has('privateExtendedProperty', extendedProperties?.private) &&
    has('sharedExtendedProperty', extendedProperties?.shared) &&
    (!query.has('iCalUID') || resource.iCalUID === query.get('iCalUID')) &&
    text.includes((query.get('q') ?? '').toLowerCase()) &&
    (types.length === 0 || types.includes(resource.eventType ?? 'default')) &&
    (updatedMin === null || String(resource.updated) >= readUpdatedMin(call, updatedMin).toISOString())
  )
}

function readUpdatedMin({ world }: Call, text: string): Date {
  const instant = readInstant(text, 'updatedMin')
  if (world.clock.now().getTime() - instant.getTime() > LONGEST_MEMORY) {
    throw refusal(
      410,
      'updatedMinTooLongAgo',
      'The requested minimum modification time lies too far in the past.',
      { domain: 'calendar', at: 'parameter updatedMin' },
    )
  }
  return instant
}

/** The bounds that the request gives. */
function readWindow({ request: { query } }: Call): Partial<Window> {
  const [timeMin, timeMax] = [query.get('timeMin'), query.get('timeMax')]
  const from = timeMin === null ? undefined : readInstant(timeMin, 'timeMin')
  const to = timeMax === null ? undefined : readInstant(timeMax, 'timeMax')
  if (from && to && to <= from) throw timeRangeEmpty()
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) }
}

/** The window of a request without bounds. A series may have no end, so it is expanded for two years. */
function openWindow({ world, request }: Call): Window {
  const timeMin = request.query.get('timeMin')
  const from = timeMin === null ? world.clock.now() : readInstant(timeMin, 'timeMin')
  return { from: new Date(0), to: new Date(from.getTime() + 2 * YEAR) }
}

function paginate(call: Call, found: StoredEvent[]): StoredEvent[][] {
  const { pageSize, emptyPages } = call.world.behaviour.lists
  const size = Math.min(readInteger(call, 'maxResults') ?? 250, 2500, pageSize)
  if (size < 1) throw invalid('Invalid value for maxResults.', 'parameter maxResults')
  const pages: StoredEvent[][] = []
  for (let at = 0; at < Math.max(found.length, 1); at += size) {
    pages.push(found.slice(at, at + size))
    if (emptyPages) pages.push([])
  }
  return pages
}

function findRest({ request }: Call, calendar: Calendar): Pages | undefined {
  const pageToken = request.query.get('pageToken')
  if (pageToken === null) return undefined
  const rest = remaining.get(calendar)?.get(pageToken)
  if (!rest) throw badRequest('Invalid page token value.', 'parameter pageToken')
  return rest
}

function showPage(call: Call, calendar: Calendar, { pages: [page = [], ...rest], syncToken }: Pages) {
  const nextPageToken = rest.length > 0 ? randomBytes(12).toString('base64url') : undefined
  if (nextPageToken) {
    const ofCalendar = remaining.get(calendar) ?? new Map<string, Pages>()
    remaining.set(calendar, ofCalendar.set(nextPageToken, { pages: rest, syncToken }))
  }
  const timeZone = call.request.query.get('timeZone') ?? calendar.timeZone
  return {
    status: 200,
    body: {
      kind: 'calendar#events',
      etag: `"p${call.world.version()}"`,
      summary: calendar.summary,
      timeZone,
      updated: toUtc(call.world.clock.now()),
      accessRole: 'owner',
      defaultReminders: [],
      ...(nextPageToken ? { nextPageToken } : syncToken ? { nextSyncToken: syncToken } : {}),
      items: page.map((stored) => toEventJson(stored, calendar, { timeZone, tombstone: true })),
    },
  }
}

function compareByStart(calendar: Calendar, one: StoredEvent, other: StoredEvent): number {
  return spanOf(one.resource, calendar).start.getTime() - spanOf(other.resource, calendar).start.getTime()
}
