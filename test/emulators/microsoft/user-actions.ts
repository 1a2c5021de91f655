// What the owner of a mailbox, the guests and the administrator do in Outlook, past the client: it is told to those who
// have subscribed, and guests get their mails.
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

/** Times are on the wall clock of `timeZone` (`2026-11-23T09:00`), or instants (`…Z`), or dates for whole days. */
export interface TypedEvent
  extends Partial<
    Pick<StoredEvent, 'subject' | 'body' | 'location' | 'showAs' | 'sensitivity' | 'recurrence'>
  > {
  start: string
  end: string
  isAllDay?: boolean
  /** As Outlook names it, also such as "tzone://Microsoft/Custom"; that of the mailbox without. */
  timeZone?: string
  /** E-mail addresses. */
  attendees?: string[]
  /** E-mail address of somebody else, who has invited the owner. */
  organizer?: string
  /** What the owner has answered to that. */
  response?: ResponseType
  /** The default calendar without. */
  calendarId?: string
  isCancelled?: boolean
}

export interface MicrosoftAccount {
  email: string
  /** `oid` in id tokens. */
  userId: string
  tenantId: string
  /** Somebody else's with an `organizer`.
   * @returns the immutable id; functions below take ids of both kinds, also those of single occurrences */
  createEvent(event: TypedEvent): string
  /** Guests are told of a new title, text or place. */
  editEvent(id: string, changes: Partial<Pick<StoredEvent, 'subject' | 'body' | 'location' | 'showAs'>>): void
  /** Without an end it lasts as long as before. A series takes back what was moved or cancelled of it. */
  moveEvent(id: string, to: { start: string; end?: string }): void
  deleteEvent(id: string, comment?: string): void
  /** The person's own answer to somebody else's meeting; it stays in the calendar. */
  declineEvent(id: string): void
  respond(id: string, response: ResponseType): void
  /** Somebody else takes his meeting back; it stays in the calendar, marked. */
  organizerCancels(id: string): void
  addAttendee(id: string, email: string): void
  removeAttendee(id: string, email: string): void
  /** A guest's answer from the mail. */
  answerInvitation(id: string, guest: string, answer: ResponseType): void
  /** The id of one occurrence, for the functions above.
   * @param originalStart when it would take place by the series' rule */
  occurrenceId(seriesId: string, originalStart: string): string
  /** As it is kept; undefined when there is none. */
  event(id: string): (StoredEvent & { changeKey: string }) | undefined
  /** All that stand, series as such. */
  events(): StoredEvent[]
  /** What takes place in a window of the default calendar, series taken apart. */
  eventsWithin(from: string, to: string): Item[]
  /** @returns the id */
  addCalendar(name: string): string
  /** @param id the default one without; then the mailbox has no calendar */
  deleteCalendar(id?: string): void
  /** @param zone IANA name, when the other tells nothing */
  changeTimeZone(timeZone: string, zone?: string): void
  disableMailbox(): void
  enableMailbox(): void
  /** Consent is withdrawn: refreshes fail and subscriptions end, but access tokens live on until they expire. */
  revokeAccess(): void
  resetPassword(): void
  /** Refreshes fail with this from now on, until consent is given again; undefined: they do not. */
  failRefreshes(code: RefreshFailure | undefined): void
  /** Access tokens end now; refresh tokens stay. */
  expireAccessTokens(): void
  /** Links of change feeds that were given out are answered with 410. */
  expireSyncTokens(): void
  /** Tells this to the subscriptions of the mailbox, and does what goes with it. */
  lifecycle(event: LifecycleEvent): void
}

export function createMicrosoftAccount(parts: Parts, account: Account): MicrosoftAccount {
  const { email, userId, tenantId } = account
  return { email, userId, tenantId, ...eventActions(parts, account), ...accountActions(parts, account) }
}

type EventAction = Exclude<keyof MicrosoftAccount, AccountAction | 'email' | 'userId' | 'tenantId'>

function eventActions({ world }: Parts, account: Account): Pick<MicrosoftAccount, EventAction> {
  /** @param loud whether guests are told */
  const change = (id: string, { apply, loud }: { apply: (event: StoredEvent) => void; loud: boolean }) => {
    const item = requireItem(account, id)
    const event = writable(item)
    const before = event.attendees
    apply(event)
    if (loud && event.attendees === before) event.sequence += 1
    touch(world, account, { event, item })
    const onlyAttendees = event.attendees !== before
    if (loud) sendMailsOfUpdate(world, { account, event, before, onlyAttendees, by: 'OUTLOOK' })
  }
  const set = (id: string, fields: Partial<StoredEvent>, { loud }: { loud: boolean }) =>
    change(id, { apply: (event) => Object.assign(event, fields), loud })

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
          event.time = end === undefined ? moved : { ...moved, end: readWall(end, time) }
        },
        loud: true,
      }),
    deleteEvent: (id, comment) =>
      removeItem(world, account, { item: requireItem(account, id), by: 'OUTLOOK', comment }),
    declineEvent: (id) => set(id, { response: 'declined', showAs: 'free' }, { loud: false }),
    respond: (id, response) => set(id, { response }, { loud: false }),
    organizerCancels: (id) => set(id, { isCancelled: true, showAs: 'free' }, { loud: false }),
    editEvent: (id, changes) => {
      const loud = Object.keys(changes).some((name) => name !== 'showAs')
      set(id, changes, { loud })
    },
    addAttendee: (id, address) =>
      change(id, {
        apply: (event) => {
          event.attendees = [...event.attendees, guest(address)]
        },
        loud: true,
      }),
    removeAttendee: (id, address) =>
      change(id, {
        apply: (event) => {
          event.attendees = event.attendees.filter(
            (one) => one.address.toLowerCase() !== address.toLowerCase(),
          )
        },
        loud: true,
      }),
    answerInvitation: (id, address, response) =>
      change(id, {
        apply: (event) => {
          const found = event.attendees.find((one) => one.address.toLowerCase() === address.toLowerCase())
          if (found !== undefined) found.response = response
        },
        loud: false,
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
  const time: EventTime = { isAllDay, zone, zoneName: timeZone, start: '', end: '' }
  Object.assign(time, { start: readWall(start, time), end: readWall(end, time) })
  if (isAllDay && time.end <= time.start) time.end = addDays(time.start, 1)
  const calendarId = input.calendarId ?? account.calendars.find(({ isDefault }) => isDefault)?.id ?? ''
  const invited = organizer !== undefined && {
    organizer: { name: organizer, address: organizer },
    isOrganizer: false,
    response: input.response ?? ('notResponded' as const),
  }
  const { subject = 'Busy', response: _, ...others } = fields
  return { ...others, subject, calendarId, time, attendees: attendees.map(guest), ...invited }
}

/** On the wall clock of the event's zone. */
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
