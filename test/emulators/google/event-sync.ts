// Sync tokens of events.list: what they contain, which parameters they exclude, and what has changed since.
import { type Call, readBoolean } from './call.ts'
import { badRequest, refusal } from './errors.ts'
import { isWithin, type Window } from './event-times.ts'
import {
  exceptionsOf,
  formerOccurrences,
  isCancelled,
  isException,
  isSeries,
  occurrencesOf,
} from './occurrences.ts'
import type { Calendar, StoredEvent } from './state.ts'

export interface SyncToken {
  /** The client knows all changes up to this version. */
  version: number
  epoch: number
  singleEvents: boolean
  eventTypes: string[]
  /** The window of the first request, which all later ones keep. */
  window: Partial<Window>
}

const NOT_WITH_TOKEN = [
  'iCalUID',
  'orderBy',
  'privateExtendedProperty',
  'q',
  'sharedExtendedProperty',
  'timeMin',
  'timeMax',
  'updatedMin',
]
/** A list with one of these parameters is partial and yields no sync token. */
const PARTIAL = ['iCalUID', 'orderBy', 'privateExtendedProperty', 'q', 'sharedExtendedProperty', 'updatedMin']
const FAR = { from: new Date(0), to: new Date('2100-01-01T00:00:00Z') }
const SERIES_WITHOUT_BOUND = 2 * 366 * 24 * 60 * 60_000

export const describesAll = ({ request }: Call) => !PARTIAL.some((name) => request.query.has(name))

export function createSyncToken(calendar: Calendar, token: SyncToken): string {
  return Buffer.from(JSON.stringify([calendar.id, token])).toString('base64url')
}

/** @throws 400 for parameters that cannot be combined with a sync token, 410 when the token is no longer valid */
export function readSyncToken(call: Call, calendar: Calendar): SyncToken | undefined {
  const { query } = call.request
  const text = query.get('syncToken')
  if (text === null) return undefined
  const conflicting = NOT_WITH_TOKEN.find((name) => query.has(name))
  if (conflicting)
    throw badRequest(`Sync token cannot be used with ${conflicting}.`, `parameter ${conflicting}`)
  if (readBoolean(call, 'showDeleted') === false) {
    throw badRequest('Sync token cannot be used with showDeleted=false.', 'parameter showDeleted')
  }
  const token = parse(text, calendar)
  if (token === undefined || token.epoch !== calendar.syncEpoch) throw fullSyncRequired()
  const singleEvents = readBoolean(call, 'singleEvents') ?? false
  const isSame = JSON.stringify(query.getAll('eventTypes')) === JSON.stringify(token.eventTypes)
  if (singleEvents !== token.singleEvents || !isSame) {
    throw badRequest('Parameters must be those of the request that the sync token came from.')
  }
  return token
}

const fullSyncRequired = () =>
  refusal(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.', {
    domain: 'calendar',
    at: 'parameter syncToken',
  })

function parse(text: string, calendar: Calendar): SyncToken | undefined {
  try {
    const [id, token] = JSON.parse(Buffer.from(text, 'base64url').toString())
    const { from, to } = token.window
    const window = { ...(from ? { from: new Date(from) } : {}), ...(to ? { to: new Date(to) } : {}) }
    return id === calendar.id ? { ...token, window } : undefined
  } catch {
    return undefined
  }
}

/** The events changed since the token, including cancelled ones, oldest change first. */
export function eventsSince(calendar: Calendar, token: SyncToken): StoredEvent[] {
  const { eventTypes } = token
  return [...calendar.events.values()]
    .filter(({ version }) => version > token.version)
    .sort((one, other) => one.version - other.version)
    .flatMap((stored) => (token.singleEvents ? expandChange(calendar, stored, token) : [stored]))
    .filter(({ resource }) => eventTypes.length === 0 || eventTypes.includes(resource.eventType ?? 'default'))
}

/** A change as a list with singleEvents shows it: the changed occurrences in place of a series. */
function expandChange(calendar: Calendar, stored: StoredEvent, token: SyncToken): StoredEvent[] {
  const window = { ...FAR, ...token.window }
  if (!isSeries(stored)) {
    // A change of a known event is listed even when the event is now outside of the window.
    const wasKnown = stored.createdVersion <= token.version || isException(stored)
    return wasKnown || isWithin(stored.resource, calendar, window) ? [stored] : []
  }
  const start = new Date(stored.resource.start?.dateTime ?? String(stored.resource.start?.date))
  const bounded = token.window.to
    ? window
    : { ...window, to: new Date(start.getTime() + SERIES_WITHOUT_BOUND) }
  const gone = formerOccurrences(calendar, stored, bounded)
  if (!isCancelled(stored)) return [...occurrencesOf(calendar, stored, bounded), ...gone]
  const exceptions = exceptionsOf(calendar, String(stored.resource.id)).map((one) => ({
    ...one,
    resource: { ...one.resource, status: 'cancelled' },
  }))
  return [...gone, ...exceptions]
}
