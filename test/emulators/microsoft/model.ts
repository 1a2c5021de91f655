// The state of the emulator: accounts with their mailboxes, events, sent mails, and its configurable behaviour.
import type { EmulatorClock } from '../http-server.ts'

export type AccountKind = 'work' | 'personal'

export interface Account {
  email: string
  name: string
  kind: AccountKind
  /** The `oid` of id tokens and the `id` of the user. */
  userId: string
  tenantId: string
  /** The mailbox's name of the zone: mostly a Windows name, sometimes an unknown one. */
  timeZone: string
  /** The IANA name of that zone. */
  zone: string
  hasMailbox: boolean
  calendars: Calendar[]
  events: StoredEvent[]
  /** Deleted items, for change feeds. */
  removed: { id: string; calendarId: string; version: number }[]
  /** Counts the changes of the mailbox. */
  version: number
  /** The code with which its refresh tokens are refused, if they are. */
  refusal: RefreshFailure | undefined
}

export interface Calendar {
  id: string
  name: string
  isDefault: boolean
}

/** The `error_codes` with which a refresh can fail. */
export type RefreshFailure = 700082 | 50173 | 70008 | 70000 | 65001 | 50057 | 50076 | 50079 | 53003

interface Person {
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

type ShowAs = 'free' | 'tentative' | 'busy' | 'oof' | 'workingElsewhere' | 'unknown'

export interface Attendee extends Person {
  type: 'required' | 'optional' | 'resource'
  response: ResponseType
}

/** Wall times of a zone, as they were entered. */
export interface EventTime {
  isAllDay: boolean
  /** `yyyy-MM-ddTHH:mm:ss`, or `yyyy-MM-dd` for all-day events. */
  start: string
  /** In the same form; exclusive. */
  end: string
  /** IANA name; all-day events follow the mailbox's zone instead. */
  zone: string
  /** As the client named it, for `originalStartTimeZone`. */
  zoneName: string
}

export interface StoredEvent {
  /** The immutable id. */
  id: string
  iCalUId: string
  calendarId: string
  subject: string
  /** Always HTML. */
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
  /** The exceptions of a series, by their original start as a wall time. */
  exceptions: Map<string, Exception>
  isOnlineMeeting: boolean
  onlineMeetingProvider: string
  joinUrl: string | null
  /** The number of reads before the join link is shown. */
  readsBeforeJoinUrl: number
  transactionId: string | null
  extendedProperties: { id: string; value: string }[]
  categories: string[]
  reminderMinutesBeforeStart: number
  /** The SEQUENCE of iCalendar: counts the changes that guests are mailed about. */
  sequence: number
  /** Counts all changes; the change key is derived from it. */
  revision: number
  createdAt: Date
  modifiedAt: Date
  /** The version of the mailbox at the last change. */
  version: number
}

/** A changed occurrence; null when it was cancelled. */
type Exception = StoredEvent | null

/** A recurrence in Graph's form. */
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

/** A mail to a guest. Exchange sends them itself, and clients cannot suppress them. */
export interface Mail {
  at: Date
  from: string
  to: string
  kind: 'INVITATION' | 'UPDATE' | 'CANCELLATION'
  eventId: string
  iCalUId: string
  /** The SEQUENCE of iCalendar. */
  sequence: number
  /** The change key of the event when the mail was sent. */
  revision: string
  subject: string
  comment: string
  /** Whether the change came through Graph or was made in Outlook. */
  by: 'APP' | 'OUTLOOK'
}

/** Behaviour of Microsoft that varies or is not documented. */
export interface Behaviour {
  /** Whether a refresh token can be used again. */
  oldRefreshTokens: 'USABLE' | 'REFUSED'
  accessTokenSeconds: number
  /** The answer to a second create with the same transactionId. */
  replayedCreate: 'SAME_EVENT' | 'CONFLICT'
  /** The number of reads before the join link is shown; with 0 the answer to the create has it. */
  joinUrlAfterReads: number
  /** The effect of an update of the body without the block of the link. */
  bodyWithoutJoinLink: 'REMOVES_LINK' | 'REPLACES_LINK'
  /** Inserts empty pages between the others. */
  emptyPages: boolean
  /** Lists each item of a change feed twice. */
  deltaDuplicates: boolean
  /** Whether a change feed reports a single cancelled occurrence. */
  deltaReportsCancelledOccurrences: boolean
  /** The limit on concurrent requests for each mailbox. */
  maxInFlight: number
  requestsPer10Minutes: number
  /** The duration of each request to Graph, in real time. */
  latencyMs: number
  /** The timeouts of the webhook's answers, in real time. */
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
  deltaReportsCancelledOccurrences: false,
  maxInFlight: 4,
  requestsPer10Minutes: 10_000,
  latencyMs: 0,
  validationTimeoutMs: 10_000,
  notificationTimeoutMs: 3_000,
}

export type ChangeType = 'created' | 'updated' | 'deleted'

/** The state that all parts of the emulator share. */
export interface World {
  clock: EmulatorClock
  behaviour: Behaviour
  /** The server's origin without a trailing slash; set once it listens. */
  origin: string
  clientId: string
  /** By e-mail, in lower case. */
  accounts: Map<string, Account>
  mails: Mail[]
  /** Notifies the subscriptions of the mailbox. */
  notify(account: Account, change: { event: StoredEvent; type: ChangeType }): void
}
