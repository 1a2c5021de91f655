// What the owner of a mailbox, guests and the administrator do in Outlook, independently of the client. Subscriptions
// are notified, and guests are mailed.
import { addDays, toWallTime } from '../recurrence.ts'
import { type AccountAction, accountActions, type Parts } from './account-actions.ts'
import { changeKeyOf } from './event-json.ts'
import { addEvent, removeItem, touch, writable } from './event-store.ts'
import { requireCalendar } from './graph-call.ts'
import { sendMails, sendMailsOfUpdate } from './mails.ts'
import type { Account, EventTime, RefreshFailure, ResponseType, StoredEvent } from './model.ts'
import { exists, type Item, itemsWithin, occurrenceId, requireItem } from './series.ts'
import type { LifecycleEvent } from './subscriptions.ts'
import { findZone, withStart } from './zones.ts'

/** Times are wall times of `timeZone` (`2026-11-23T09:00`), instants (`…Z`), or dates for all-day events. */
interface TypedEvent
  extends Partial<
    Pick<StoredEvent, 'subject' | 'body' | 'location' | 'showAs' | 'sensitivity' | 'recurrence'>
  > {
  start: string
  end: string
  isAllDay?: boolean
  /** Outlook's name of the zone, possibly one such as "tzone://Microsoft/Custom"; the mailbox's zone when omitted. */
  timeZone?: string
  /** E-mail addresses. */
  attendees?: string[]
  /** The e-mail address of another person who has invited the owner. */
  organizer?: string
  /** The owner's answer to that invitation. */
  response?: ResponseType
  /** The default calendar when omitted. */
  calendarId?: string
  isCancelled?: boolean
}

export interface MicrosoftAccount {
  email: string
  /** `oid` in id tokens. */
  userId: string
  tenantId: string
  /** With an `organizer` the owner is a guest.
   * @returns the immutable id. The functions below accept ids of both kinds, also those of single occurrences. */
  createEvent(event: TypedEvent): string
  /** Guests are mailed about a new subject, body or location. */
  editEvent(id: string, changes: Partial<Pick<StoredEvent, 'subject' | 'body' | 'location' | 'showAs'>>): void
  /** Without an end the event keeps its length. A series loses its exceptions. */
  moveEvent(id: string, to: { start: string; end?: string }): void
  deleteEvent(id: string, comment?: string): void
  /** The owner declines an invitation; the event stays in the calendar. */
  declineEvent(id: string): void
  respond(id: string, response: ResponseType): void
  /** Another organizer cancels the meeting; it stays in the calendar, marked as cancelled. */
  organizerCancels(id: string): void
  addAttendee(id: string, email: string): void
  removeAttendee(id: string, email: string): void
  /** The id of one occurrence, for the functions above.
   * @param originalStart the start by the rule of the series */
  occurrenceId(seriesId: string, originalStart: string): string
  /** The stored event; undefined when there is none. */
  event(id: string): (StoredEvent & { changeKey: string }) | undefined
  /** All events; a series is one event. */
  events(): StoredEvent[]
  /** The events in a window of the default calendar, with series expanded. */
  eventsWithin(from: string, to: string): Item[]
  /** @returns the id */
  addCalendar(name: string): string
  /** @param id the default calendar when omitted, which leaves the mailbox without one */
  deleteCalendar(id?: string): void
  /** @param zone the IANA name, when `timeZone` is an unknown name */
  changeTimeZone(timeZone: string, zone?: string): void
  disableMailbox(): void
  /** Consent is withdrawn: refreshes fail and subscriptions end, but access tokens live on until they expire. */
  revokeAccess(): void
  resetPassword(): void
  /** Refreshes fail with this code until consent is given again; undefined makes them succeed. */
  failRefreshes(code: RefreshFailure | undefined): void
  /** Access tokens end now; refresh tokens stay. */
  expireAccessTokens(): void
  /** All links of change feeds issued so far are answered with 410. */
  expireSyncTokens(): void
  /** Sends the lifecycle event to the subscriptions of the mailbox, and applies its effect. */
  lifecycle(event: LifecycleEvent): void
}

export function createMicrosoftAccount(parts: Parts, account: Account): MicrosoftAccount {
  const { email, userId, tenantId } = account
  return { email, userId, tenantId, ...eventActions(parts, account), ...accountActions(parts, account) }
}

type EventAction = Exclude<keyof MicrosoftAccount, AccountAction | 'email' | 'userId' | 'tenantId'>

function eventActions({ world }: Parts, account: Account): Pick<MicrosoftAccount, EventAction> {
  const change = (
    id: string,
    { apply, mailsGuests }: { apply: (event: StoredEvent) => void; mailsGuests: boolean },
  ) => {
    const item = requireItem(account, id)
    const event = writable(item)
    const before = event.attendees
    apply(event)
    if (mailsGuests && event.attendees === before) event.sequence += 1
    touch(world, account, { event, item })
    const onlyAttendees = event.attendees !== before
    if (mailsGuests) sendMailsOfUpdate(world, { account, event, before, onlyAttendees, by: 'OUTLOOK' })
  }
  const set = (id: string, fields: Partial<StoredEvent>, { mailsGuests }: { mailsGuests: boolean }) =>
    change(id, { apply: (event) => Object.assign(event, fields), mailsGuests })

  return {
    createEvent: (input) => {
      const event = addEvent(world, account, fieldsOf(input, account))
      sendMails(world, { account, event, kind: 'INVITATION', by: 'OUTLOOK' })
      return event.id
    },
    moveEvent: (id, { start, end }) =>
      change(id, {
        apply: (event) => {
          const { time } = event
          const moved = withStart(time, readWall(start, time))
          event.exceptions = new Map()
          event.time = end === undefined ? moved : atLeastADay({ ...moved, end: readWall(end, time) })
        },
        mailsGuests: true,
      }),
    deleteEvent: (id, comment) =>
      removeItem(world, account, { item: requireItem(account, id), by: 'OUTLOOK', comment }),
    declineEvent: (id) => set(id, { response: 'declined', showAs: 'free' }, { mailsGuests: false }),
    respond: (id, response) => set(id, { response }, { mailsGuests: false }),
    organizerCancels: (id) => set(id, { isCancelled: true, showAs: 'free' }, { mailsGuests: false }),
    editEvent: (id, changes) => {
      const mailsGuests = Object.keys(changes).some((name) => name !== 'showAs')
      set(id, changes, { mailsGuests })
    },
    addAttendee: (id, address) =>
      change(id, {
        apply: (event) => {
          event.attendees = [...event.attendees, guest(address)]
        },
        mailsGuests: true,
      }),
    removeAttendee: (id, address) =>
      change(id, {
        apply: (event) => {
          event.attendees = event.attendees.filter(
            (one) => one.address.toLowerCase() !== address.toLowerCase(),
          )
        },
        mailsGuests: true,
      }),
    occurrenceId: (id, originalStart) => {
      const { event } = requireItem(account, id)
      return requireItem(account, occurrenceId(event, readWall(originalStart, event.time))).id
    },
    event: (id) => {
      if (!exists(account, id)) return undefined
      const { event } = requireItem(account, id)
      return { ...event, changeKey: changeKeyOf(event) }
    },
    events: () => account.events,
    eventsWithin: (from, to) =>
      itemsWithin(account, {
        calendarId: requireCalendar(account).id,
        from: new Date(from),
        to: new Date(to),
      }),
  }
}

function fieldsOf(input: TypedEvent, account: Account) {
  const {
    start,
    end,
    isAllDay = false,
    timeZone = account.timeZone,
    attendees = [],
    organizer,
    ...fields
  } = input
  const zone = findZone(timeZone) ?? account.zone
  const zoned: EventTime = { isAllDay, zone, zoneName: timeZone, start: '', end: '' }
  const time = atLeastADay({ ...zoned, start: readWall(start, zoned), end: readWall(end, zoned) })
  const calendarId = input.calendarId ?? account.calendars.find(({ isDefault }) => isDefault)?.id ?? ''
  const invited = organizer !== undefined && {
    organizer: { name: organizer, address: organizer },
    isOrganizer: false,
    response: input.response ?? ('notResponded' as const),
  }
  const { subject = 'Busy', response: _, ...others } = fields
  return { ...others, subject, calendarId, time, attendees: attendees.map(guest), ...invited }
}

/** Outlook has no all-day event without a day. */
function atLeastADay(time: EventTime): EventTime {
  const isEmpty = time.isAllDay && time.end <= time.start
  return isEmpty ? { ...time, end: addDays(time.start, 1) } : time
}

/** @returns the wall time in the event's zone, or the date of an all-day event */
function readWall(text: string, { isAllDay, zone }: EventTime): string {
  if (isAllDay) return text.slice(0, 10)
  if (/(Z|[+-]\d\d:\d\d)$/.test(text)) return toWallTime(new Date(text), zone)
  return text.length === 16 ? `${text}:00` : text
}

const guest = (address: string) => ({
  name: address,
  address,
  type: 'required' as const,
  response: 'none' as const,
})
