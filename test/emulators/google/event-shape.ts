// The fields of an event: which ones clients may write, how they are validated, and how Google shows them.
import { IANAZone } from 'luxon'
import { expandSeries } from '../recurrence.ts'
import { invalid, refusal } from './errors.ts'
import { readTimes, seriesOf, toTimeJson } from './event-times.ts'
import { isCancelled } from './occurrences.ts'
import type { Account, Calendar, EventResource, StoredEvent } from './state.ts'

const WRITABLE = [
  'summary',
  'description',
  'location',
  'start',
  'end',
  'recurrence',
  'attendees',
  'transparency',
  'visibility',
  'status',
  'reminders',
  'extendedProperties',
  'source',
  'colorId',
  'guestsCanModify',
  'guestsCanInviteOthers',
  'guestsCanSeeOtherGuests',
  'outOfOfficeProperties',
  'focusTimeProperties',
  'workingLocationProperties',
  'anyoneCanAddSelf',
] as (keyof EventResource)[]

const EVENT_TYPES = ['default', 'outOfOffice', 'focusTime', 'workingLocation', 'birthday', 'fromGmail']

/** Only the organiser may change these. */
const SHARED = ['summary', 'description', 'location', 'start', 'end', 'recurrence', 'attendees'] as const

/** The fields of a body that Google stores. */
export function writableOf(body: EventResource): EventResource {
  return Object.fromEntries(
    Object.entries(body).filter(([field]) => WRITABLE.includes(field as keyof EventResource)),
  )
}

/** Applies a patch: objects are merged, arrays are replaced, null removes a field. */
export function mergePatch<T>(before: T, patch: unknown): T {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch as T
  const merged: Record<string, unknown> = { ...(before as Record<string, unknown>) }
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field]
    else merged[field] = mergePatch(merged[field], value)
  }
  return merged as T
}

/** Validates an event and completes it for storage.
 * @throws 400 */
export function checkEvent(event: EventResource, account: Account, calendar: Calendar): EventResource {
  if (!EVENT_TYPES.includes(event.eventType ?? 'default')) throw invalid('Invalid event type.')
  const checked: EventResource = { ...event, ...readTimes(event, calendar) }
  if (event.attendees) checked.attendees = readAttendees(event, account)
  if (event.attendees?.length === 0) delete checked.attendees
  if ((event.recurrence ?? []).length === 0) delete checked.recurrence
  else checkRecurrence(checked, calendar)
  if (event.transparency === 'opaque') delete checked.transparency
  return checked
}

function checkRecurrence(event: EventResource, calendar: Calendar): void {
  const { start } = event
  try {
    const from = new Date(start?.dateTime ?? String(start?.date))
    expandSeries(seriesOf(event, calendar), { from, to: new Date(from.getTime() + 1) })
  } catch {
    throw invalid('Invalid recurrence rule.', 'parameter recurrence')
  }
}

function readAttendees(event: EventResource, account: Account): EventResource['attendees'] {
  const byEmail = new Map(
    (event.attendees ?? []).map((attendee) => [String(attendee.email).toLowerCase(), attendee]),
  )
  return [...byEmail].map(([email, attendee]) => {
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw invalid('Invalid attendee email.')
    const { self: _self, organizer: _organizer, ...given } = attendee
    return {
      ...given,
      email,
      ...(email === event.organizer?.email ? { organizer: true } : {}),
      ...(email === account.email ? { self: true } : {}),
      responseStatus: attendee.responseStatus ?? 'needsAction',
    }
  })
}

/** A guest may answer and change private fields only.
 * @throws 403 forbiddenForNonOrganizer */
export function checkOrganizer(before: EventResource, after: EventResource): void {
  if (before.organizer?.self || before.guestsCanModify) return
  const shared = (event: EventResource) =>
    SHARED.map((field) =>
      field === 'attendees'
        ? event.attendees
            ?.filter(({ self }) => !self)
            .map(({ email, responseStatus }) => [email, responseStatus])
        : event[field],
    )
  if (JSON.stringify(shared(before)) !== JSON.stringify(shared(after))) {
    throw refusal(
      403,
      'forbiddenForNonOrganizer',
      'Shared properties can only be changed by the organizer of the event.',
      { domain: 'calendar' },
    )
  }
}

/** @param options.timeZone in which times are shown; the calendar's when omitted
 * @param options.tombstone reduces a cancelled event to the fields that Google guarantees */
export function toEventJson(
  stored: StoredEvent,
  calendar: Calendar,
  options: { timeZone?: string | undefined; tombstone?: boolean } = {},
): EventResource {
  const { resource } = stored
  const timeZone = options.timeZone ?? calendar.timeZone
  if (!IANAZone.isValidZone(timeZone)) throw invalid('Invalid time zone definition.', 'parameter timeZone')
  const originalStartTime = toTimeJson(resource.originalStartTime, timeZone)
  if (options.tombstone && isCancelled(stored)) {
    const { kind, etag, id, status, recurringEventId } = resource
    return { kind, etag, id, status, ...(recurringEventId ? { recurringEventId, originalStartTime } : {}) }
  }
  const times = { start: toTimeJson(resource.start, timeZone), end: toTimeJson(resource.end, timeZone) }
  return { ...resource, ...times, ...(originalStartTime ? { originalStartTime } : {}) }
}
