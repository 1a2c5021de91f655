// An event as JSON, as Graph returns it: all its fields, in the time zone and with the kind of ids and the body type that
// the client prefers.
import { createHash } from 'node:crypto'
import { fromWallTime } from '../recurrence.ts'
import type { Account, StoredEvent } from './model.ts'
import type { Item } from './series.ts'
import { writeDate, writeInstant } from './zones.ts'

/** The Prefer header of a request. */
export interface Preferences {
  /** As the client named it. */
  timeZone: string
  immutableIds: boolean
  textBody: boolean
  maxPageSize: number | undefined
  /** For the header `Preference-Applied`. */
  applied: string[]
}

const NEVER = '0001-01-01T00:00:00Z'

export function readPreferences(header: string | undefined): Preferences {
  const text = header ?? ''
  const timeZone = /outlook\.timezone\s*=\s*"?([^",;]+)"?/i.exec(text)?.[1]?.trim()
  const immutableIds = /IdType\s*=\s*"?ImmutableId"?/i.test(text)
  const textBody = /outlook\.body-content-type\s*=\s*"?text"?/i.test(text)
  const size = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(text)?.[1]
  return {
    timeZone: timeZone ?? 'UTC',
    immutableIds,
    textBody,
    maxPageSize: size === undefined ? undefined : Number(size),
    applied: [
      ...(timeZone === undefined ? [] : [`outlook.timezone="${timeZone}"`]),
      ...(immutableIds ? ['IdType="ImmutableId"'] : []),
      ...(textBody ? ['outlook.body-content-type="text"'] : []),
      ...(size === undefined ? [] : [`odata.maxpagesize=${size}`]),
    ],
  }
}

/** An item has two ids. The default one changes when the item is moved; clients get the immutable one on request. */
export function idFor(id: string, immutable: boolean): string {
  return immutable ? id : id.replace(/^AAkA/, 'AAMk')
}

export function changeKeyOf(event: StoredEvent): string {
  return createHash('sha256').update(`${event.id} ${event.revision}`).digest('base64').slice(0, 24)
}

export const etagOf = (event: StoredEvent) => `W/"${changeKeyOf(event)}"`

/** All fields, except those that need $expand. */
export function toEventJson(
  item: Item,
  { account, preferences }: { account: Account; preferences: Preferences },
) {
  const { event, time, master } = item
  const { immutableIds, timeZone, textBody } = preferences
  const id = idFor(item.id, immutableIds)
  const join = event.readsBeforeJoinUrl > 0 ? null : event.joinUrl
  return {
    '@odata.etag': etagOf(event),
    id,
    createdDateTime: event.createdAt.toISOString(),
    lastModifiedDateTime: event.modifiedAt.toISOString(),
    changeKey: changeKeyOf(event),
    categories: event.categories,
    transactionId: event.transactionId,
    originalStartTimeZone: time.zoneName,
    originalEndTimeZone: time.zoneName,
    iCalUId: event.iCalUId,
    reminderMinutesBeforeStart: event.reminderMinutesBeforeStart,
    isReminderOn: true,
    hasAttachments: false,
    subject: event.subject,
    bodyPreview: toText(event.body).slice(0, 255),
    importance: 'normal',
    sensitivity: event.sensitivity,
    isAllDay: time.isAllDay,
    isCancelled: event.isCancelled,
    isOrganizer: event.isOrganizer,
    responseRequested: true,
    seriesMasterId: master === undefined ? null : idFor(master.id, immutableIds),
    showAs: event.showAs,
    type: item.type,
    webLink: `https://outlook.office365.com/owa/?itemid=${encodeURIComponent(id)}&exvsurl=1&path=/calendar/item`,
    onlineMeetingUrl: null,
    isOnlineMeeting: event.isOnlineMeeting,
    onlineMeetingProvider: event.onlineMeetingProvider,
    allowNewTimeProposals: true,
    occurrenceId: item.originalStart ? `OID.${id}.${item.originalStart.slice(0, 10)}` : null,
    ...(item.originalStart && { originalStart: originalInstant(item, account) }),
    isDraft: false,
    hideAttendees: false,
    responseStatus: {
      response: event.response,
      time: event.response === 'organizer' ? NEVER : event.modifiedAt.toISOString(),
    },
    body: textBody
      ? { contentType: 'text', content: toText(event.body) }
      : { contentType: 'html', content: event.body },
    ...toTimesJson(item, timeZone),
    location: toLocationJson(event.location),
    locations: event.location === '' ? [] : [toLocationJson(event.location)],
    recurrence: item.type === 'seriesMaster' ? event.recurrence : null,
    attendees: event.attendees.map(({ type, name, address, response }) => ({
      type,
      status: { response, time: NEVER },
      emailAddress: { name, address },
    })),
    organizer: { emailAddress: { name: event.organizer.name, address: event.organizer.address } },
    onlineMeeting: join === null ? null : { joinUrl: join },
  }
}

/** All-day events last from midnight to midnight in whatever zone the client prefers. */
export function toTimesJson({ time, start, end }: Item, timeZone: string) {
  if (time.isAllDay) return { start: writeDate(time.start, timeZone), end: writeDate(time.end, timeZone) }
  return { start: writeInstant(start, timeZone), end: writeInstant(end, timeZone) }
}

function originalInstant({ originalStart = '', master, time }: Item, account: Account): string {
  const zone = time.isAllDay ? account.zone : (master?.time.zone ?? time.zone)
  return fromWallTime(originalStart, zone).toISOString()
}

function toLocationJson(displayName: string) {
  return { displayName, locationType: 'default', uniqueIdType: 'unknown', address: {}, coordinates: {} }
}

function toText(html: string): string {
  return html
    .replaceAll(/<(head|style)[\s\S]*?<\/\1>/gi, '')
    .replaceAll(/<br\s*\/?>|<\/(p|div)>/gi, '\n')
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .trim()
}
