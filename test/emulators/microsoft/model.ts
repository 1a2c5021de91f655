// What the emulator keeps: accounts with their mailboxes, events, mails that were sent, and how it is to behave.
import type { EmulatorClock } from '../http-server.ts'

export type AccountKind = 'work' | 'personal'

export interface Account {
  email: string
  name: string
  kind: AccountKind
  /** `oid` of the id token and `id` of the user. */
  userId: string
  tenantId: string
  /** As the mailbox has it: mostly a Windows name, at times one that nobody knows. */
  timeZone: string
  /** What that means. IANA name. */
  zone: string
  hasMailbox: boolean
  calendars: Calendar[]
  events: StoredEvent[]
  /** What was deleted, for changes since a version. */
  removed: { id: string; calendarId: string; version: number }[]
  /** Counts the changes of the mailbox. */
  version: number
  /** Why its refresh tokens are refused, if they are. */
  refusal: RefreshFailure | undefined
}

export interface Calendar {
  id: string
  name: string
  isDefault: boolean
}

/** `error_codes` with which a refresh fails. */
export type RefreshFailure = 700082 | 50173 | 70008 | 70000 | 65001 | 50057 | 50076 | 50079 | 53003

export interface Person {
  name: string
  address: string
}

export type ResponseType =
  | 'none'
  | 'organizer'
  | 'tentativelyAccepted'
  | 'accepted'
  | 'declined'
  | 'notResponded'

export type ShowAs = 'free' | 'tentative' | 'busy' | 'oof' | 'workingElsewhere' | 'unknown'

export interface Attendee extends Person {
  type: 'required' | 'optional' | 'resource'
  response: ResponseType
}

/** On the wall clock of a zone, as a person has put it down. */
export interface EventTime {
  isAllDay: boolean
  /** `yyyy-MM-ddTHH:mm:ss`, or `yyyy-MM-dd` for whole days. */
  start: string
  /** Likewise; exclusive. */
  end: string
  /** IANA name; that of the mailbox is taken in its place for whole days. */
  zone: string
  /** As it was given, for `originalStartTimeZone`. */
  zoneName: string
}

export interface StoredEvent {
  /** The immutable one. */
  id: string
  iCalUId: string
  calendarId: string
  subject: string
  /** HTML, whatever was sent. */
  body: string
  location: string
  time: EventTime
  showAs: ShowAs
  sensitivity: 'normal' | 'personal' | 'private' | 'confidential'
  isCancelled: boolean
  organizer: Person
  isOrganizer: boolean
  response: ResponseType
  attendees: Attendee[]
  recurrence: Recurrence | null
  /** Of a series: what became of single occurrences, by their original start on the wall clock. */
  exceptions: Map<string, Exception>
  isOnlineMeeting: boolean
  onlineMeetingProvider: string
  joinUrl: string | null
  /** How many more reads go by before the link is shown. */
  readsBeforeJoinUrl: number
  transactionId: string | null
  extendedProperties: { id: string; value: string }[]
  categories: string[]
  reminderMinutesBeforeStart: number
  /** As in iCalendar: of what the guests know. */
  sequence: number
  /** Of anything; the change key is made from it. */
  revision: number
  createdAt: Date
  modifiedAt: Date
  /** That of the mailbox when it last changed. */
  version: number
}

/** An occurrence that is unlike its series: null when it was cancelled. */
export type Exception = StoredEvent | null

/** As Graph has it. */
export interface Recurrence {
  pattern: {
    type: 'daily' | 'weekly' | 'absoluteMonthly' | 'relativeMonthly' | 'absoluteYearly' | 'relativeYearly'
    interval?: number
    daysOfWeek?: string[]
    firstDayOfWeek?: string
    dayOfMonth?: number
    month?: number
    index?: 'first' | 'second' | 'third' | 'fourth' | 'last'
  }
  range: {
    type: 'endDate' | 'noEnd' | 'numbered'
    startDate?: string
    endDate?: string
    numberOfOccurrences?: number
    recurrenceTimeZone?: string
  }
}

/** A mail to a guest; Exchange sends them by itself, and nobody can ask it not to. */
export interface Mail {
  at: Date
  from: string
  to: string
  kind: 'INVITATION' | 'UPDATE' | 'CANCELLATION'
  eventId: string
  iCalUId: string
  /** As in iCalendar. */
  sequence: number
  /** The change key of the event when it was sent. */
  revision: string
  subject: string
  comment: string
  /** Whether the change came through Graph or was made in Outlook. */
  by: 'APP' | 'OUTLOOK'
}

/** How Microsoft behaves where it is not the same at all times, or where nobody has said how. */
export interface Behaviour {
  /** What becomes of a refresh token once it was used. */
  oldRefreshTokens: 'USABLE' | 'REFUSED'
  accessTokenSeconds: number
  /** What the second create with a transactionId is answered with. */
  replayedCreate: 'SAME_EVENT' | 'CONFLICT'
  /** 0: the join link is in the answer to the create; else it takes so many reads of the event before it is there. */
  joinUrlAfterReads: number
  /** What an update of the body does that leaves out the block with the link. */
  bodyWithoutJoinLink: 'REMOVES_LINK' | 'REPLACES_LINK'
  /** Puts a page without items between the others. */
  emptyPages: boolean
  /** Lists each item of a change feed twice. */
  deltaDuplicates: boolean
  /** Whether a change feed tells of a single cancelled occurrence. */
  deltaTellsOfCancelledOccurrences: boolean
  /** Requests at the same time for each mailbox. */
  maxInFlight: number
  requestsPer10Minutes: number
  /** How long each request to Graph takes, in real time. */
  latencyMs: number
  /** How long a notification address has for its answers, in real time. */
  validationTimeoutMs: number
  notificationTimeoutMs: number
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  oldRefreshTokens: 'USABLE',
  accessTokenSeconds: 3600,
  replayedCreate: 'SAME_EVENT',
  joinUrlAfterReads: 0,
  bodyWithoutJoinLink: 'REMOVES_LINK',
  emptyPages: false,
  deltaDuplicates: false,
  deltaTellsOfCancelledOccurrences: false,
  maxInFlight: 4,
  requestsPer10Minutes: 10_000,
  latencyMs: 0,
  validationTimeoutMs: 10_000,
  notificationTimeoutMs: 3_000,
}

export type ChangeType = 'created' | 'updated' | 'deleted'

/** What all parts of the emulator share. */
export interface World {
  clock: EmulatorClock
  behaviour: Behaviour
  /** Of the server, without a slash at the end; known once it listens. */
  origin: string
  clientId: string
  /** By e-mail, in lower case. */
  accounts: Map<string, Account>
  mails: Mail[]
  /** Tells those who have subscribed. */
  notify(account: Account, change: { event: StoredEvent; type: ChangeType }): void
}
