// Reads the event that a client sends, as strictly as Graph does.
import { toWallTime } from '../recurrence.ts'
import type { Account, Attendee, EventTime, Recurrence, StoredEvent } from './model.ts'
import { badRequest } from './refusals.ts'
import { toRule } from './series.ts'
import { instantsOf, readDateTime } from './zones.ts'

/** All fields of an event; read-only ones are ignored in a body. */
const FIELDS = new Set(
  `allowNewTimeProposals attendees body bodyPreview categories changeKey createdDateTime end hasAttachments
  hideAttendees iCalUId id importance isAllDay isCancelled isDraft isOnlineMeeting isOrganizer isReminderOn
  lastModifiedDateTime location locations occurrenceId onlineMeeting onlineMeetingProvider onlineMeetingUrl organizer
  originalEndTimeZone originalStart originalStartTimeZone recurrence reminderMinutesBeforeStart responseRequested
  responseStatus sensitivity seriesMasterId showAs singleValueExtendedProperties start subject transactionId type
  webLink`.split(/\s+/),
)

/** Changes of these fields send no mail to guests. */
const SILENT = new Set([
  'categories',
  'importance',
  'isReminderOn',
  'reminderMinutesBeforeStart',
  'sensitivity',
  'showAs',
  'singleValueExtendedProperties',
])

const SHOW_AS = ['free', 'tentative', 'busy', 'oof', 'workingElsewhere', 'unknown']
const SENSITIVITIES = ['normal', 'personal', 'private', 'confidential']

export interface EventInput {
  /** The names of the fields in the body. */
  sent: Set<string>
  fields: Partial<StoredEvent>
  /** True when only added and removed guests are mailed. */
  onlyAttendees: boolean
  /** True when no guest is mailed. */
  isSilent: boolean
}

export const isField = (name: string) => FIELDS.has(name)

/** @param before the event's present time, for a change
 * @throws GraphRefusal for input that Graph refuses */
export function readEventInput(
  text: string,
  { account, before }: { account: Account; before?: EventTime },
): EventInput {
  const body = readObject(text)
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name) && !name.startsWith('@odata.'))
  if (unknown !== undefined) {
    throw badRequest(
      'RequestBodyRead',
      `The property '${unknown}' does not exist on type 'microsoft.graph.event'. Make sure to only use property names that are defined by the type or mark the type as open type.`,
    )
  }
  const sent = new Set(Object.keys(body).filter((name) => FIELDS.has(name)))
  const mailed = [...sent].filter((name) => !SILENT.has(name))
  return {
    sent,
    fields: { ...readPlainFields(body), ...readTimeFields(body, { account, before }) },
    onlyAttendees: mailed.length === 1 && mailed[0] === 'attendees',
    isSilent: mailed.length === 0,
  }
}

export function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Answered below.
  }
  throw badRequest(
    'BadRequest',
    'Unable to read JSON request payload. Please ensure Content-Type header is set.',
  )
}

function readPlainFields(body: Record<string, unknown>): Partial<StoredEvent> {
  const fields: Partial<StoredEvent> = {}
  if ('subject' in body) fields.subject = String(body.subject ?? '')
  if ('body' in body) fields.body = toHtml(body.body as { contentType?: string; content?: string } | null)
  if ('location' in body) fields.location = readDisplayName(body.location)
  if ('attendees' in body) fields.attendees = readAttendees(body.attendees)
  if ('showAs' in body) fields.showAs = readEnum(body.showAs, SHOW_AS) as StoredEvent['showAs']
  if ('sensitivity' in body) {
    fields.sensitivity = readEnum(body.sensitivity, SENSITIVITIES) as StoredEvent['sensitivity']
  }
  if ('categories' in body) fields.categories = (body.categories as string[] | null) ?? []
  if ('transactionId' in body) fields.transactionId = body.transactionId as string | null
  if ('reminderMinutesBeforeStart' in body) {
    fields.reminderMinutesBeforeStart = Number(body.reminderMinutesBeforeStart)
  }
  if ('singleValueExtendedProperties' in body) {
    fields.extendedProperties = readProperties(body.singleValueExtendedProperties)
  }
  return fields
}

function readTimeFields(
  body: Record<string, unknown>,
  { account, before }: { account: Account; before?: EventTime },
): Partial<StoredEvent> {
  const fields: Partial<StoredEvent> = {}
  if (['start', 'end', 'isAllDay'].some((name) => name in body))
    fields.time = readTime(body, { account, before })
  if ('recurrence' in body) {
    fields.recurrence = body.recurrence as Recurrence | null
    if (fields.recurrence !== null) toRule(fields.recurrence)
  }
  return fields
}

type Reading = ReturnType<typeof readDateTime>

function readTime(
  body: Record<string, unknown>,
  { account, before }: { account: Account; before?: EventTime },
): EventTime {
  const old = (wall: string) => ({
    wall: wall.length === 10 ? `${wall}T00:00:00` : wall,
    zone: before?.zone ?? 'UTC',
    zoneName: before?.zoneName ?? 'UTC',
  })
  const start = 'start' in body || !before ? readDateTime(body.start, 'start') : old(before.start)
  const end = 'end' in body || !before ? readDateTime(body.end, 'end') : old(before.end)
  const isAllDay = 'isAllDay' in body ? body.isAllDay === true : (before?.isAllDay ?? false)
  const { zone, zoneName } = start
  if (isAllDay) return readWholeDays(start, end)
  const starts = instantsOf(
    { isAllDay, start: start.wall, end: start.wall, zone, zoneName },
    account.zone,
  ).start
  const ends = instantsOf({ ...end, isAllDay, start: end.wall, end: end.wall }, account.zone).end
  if (ends < starts) {
    throw badRequest(
      'ErrorCalendarEndDateIsEarlierThanStartDate',
      'The end date is earlier than the start date.',
    )
  }
  return {
    isAllDay,
    start: start.wall,
    end: end.zone === zone ? end.wall : toWallTime(ends, zone),
    zone,
    zoneName,
  }
}

function readWholeDays(start: Reading, end: Reading): EventTime {
  const { zone, zoneName } = start
  for (const [name, { wall }] of Object.entries({ Start: start, End: end })) {
    if (wall.endsWith('T00:00:00')) continue
    throw badRequest(
      'ErrorPropertyValidationFailure',
      `The Event.${name} property for an all-day event needs to be set to midnight.`,
    )
  }
  const time = { isAllDay: true, start: start.wall.slice(0, 10), end: end.wall.slice(0, 10), zone, zoneName }
  if (time.end > time.start) return time
  throw badRequest(
    'ErrorPropertyValidationFailure',
    'The duration of an all-day event must be 24 hours or more.',
  )
}

/** Plain text becomes HTML, and scripts are removed from HTML. */
function toHtml(body: { contentType?: string; content?: string } | null): string {
  const content = body?.content ?? ''
  const inner =
    body?.contentType?.toLowerCase() === 'html'
      ? content
          .replaceAll(/<script[\s\S]*?<\/script>/gi, '')
          .replaceAll(/<\/?(html|body)[^>]*>|<head[\s\S]*?<\/head>/gi, '')
      : content
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('>', '&gt;')
          .replaceAll(/\r?\n/g, '<br>')
  return `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>${inner}</body></html>`
}

function readAttendees(value: unknown): Attendee[] {
  const attendees = (value ?? []) as { emailAddress?: { address?: string; name?: string }; type?: string }[]
  if (attendees.length > 500) throw badRequest('ErrorMaximumRecipients', 'There are more than 500 attendees.')
  return attendees.map(({ emailAddress, type = 'required' }) => {
    const address = emailAddress?.address ?? ''
    if (!/^[^\s@]+@[^\s@]+$/.test(address)) {
      throw badRequest('ErrorInvalidRecipients', 'At least one recipient is not valid.')
    }
    const name = emailAddress?.name ?? address
    return {
      address,
      name,
      type: readEnum(type, ['required', 'optional', 'resource']) as 'required',
      response: 'none',
    }
  })
}

function readProperties(value: unknown): { id: string; value: string }[] {
  return ((value ?? []) as { id?: string; value?: string }[]).map(({ id = '', value = '' }) => {
    if (!/^\w+ \{[0-9a-f-]{36}\} (Name .+|Id 0x[0-9a-f]+)$/i.test(id)) {
      throw badRequest('ErrorInvalidProperty', `The property id '${id}' is invalid.`)
    }
    return { id, value }
  })
}

function readEnum(value: unknown, known: string[]): string {
  const found = known.find((one) => one.toLowerCase() === String(value).toLowerCase())
  if (found === undefined) throw badRequest('RequestBodyRead', `Requested value '${value}' was not found.`)
  return found
}

const readDisplayName = (value: unknown) => (value as { displayName?: string } | null)?.displayName ?? ''
