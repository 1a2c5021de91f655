// The state of the emulator: accounts, their calendars and events, and its configurable behaviour.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import type { EmulatorClock } from '../http-server.ts'
import { notFound } from './errors.ts'

export type EventResource = calendar_v3.Schema$Event
export type EventTime = calendar_v3.Schema$EventDateTime

export interface Account {
  email: string
  subject: string
  name: string
  /** The user's setting, also the zone of new calendars. */
  timeZone: string
  calendars: Map<string, Calendar>
  /** How many more invitations to external guests this account may send; Infinity at first. */
  invitationsLeft: number
}

export interface Calendar {
  id: string
  summary: string
  timeZone: string
  owner: Account
  primary: boolean
  /** By id, including cancelled events and exceptions of series. */
  events: Map<string, StoredEvent>
  /** False for calendars that refuse `watch`, such as holidays. */
  allowsPush: boolean
  conferenceTypes: string[]
  /** The error with which free/busy requests fail, for example `internalError`; undefined when they succeed. */
  freeBusyError: string | undefined
  /** Sync tokens of an earlier epoch are no longer valid. */
  syncEpoch: number
}

export interface StoredEvent {
  /** Times are in UTC with the zone they were given in, or dates. A deleted event has the status `cancelled`. */
  resource: EventResource
  /** The version of the last change, and that of the creation. Versions increase across all calendars. */
  version: number
  createdVersion: number
  /** The number of reads until the pending conference is created. */
  conferenceReadsLeft: number
  /** The states of the series before each change of its times. */
  former: EventResource[]
}

export interface Mail {
  to: string
  from: string
  kind: 'INVITATION' | 'UPDATE' | 'CANCELLATION'
  eventId: string
  iCalUID: string
  sequence: number
  at: Date
}

export interface Behaviour {
  conferences: {
    /** How many times `events.get` answers "pending" first; with 0 the answer to the write has the conference. */
    pendingReads: number
    outcome: 'success' | 'failure'
  }
  lists: {
    /** The longest page, whatever the client asks for. */
    pageSize: number
    /** Inserts an empty page after each page. */
    emptyPages: boolean
  }
  /** Further requests are refused with 403 rateLimitExceeded. */
  requestsPerMinute: number
}

export interface World {
  clock: EmulatorClock
  origin: string
  accounts: Map<string, Account>
  mails: Mail[]
  behaviour: Behaviour
  nextVersion(): number
  /** The latest version. */
  version(): number
  /** Notifies the channels of a calendar that it has changed. */
  notify(calendar: Calendar, state?: 'exists' | 'not_exists'): void
}

export function createAccount(
  world: World,
  options: { email: string; subject?: string; name?: string; timeZone?: string },
): Account {
  const { email, timeZone = 'UTC', name = email } = options
  const subject = options.subject ?? `1${String(world.accounts.size + 1).padStart(20, '0')}`
  const account: Account = {
    email,
    subject,
    name,
    timeZone,
    calendars: new Map(),
    invitationsLeft: Number.POSITIVE_INFINITY,
  }
  account.calendars.set(
    email,
    createCalendar(account, { id: email, summary: email, timeZone, primary: true }),
  )
  world.accounts.set(email, account)
  return account
}

export function createCalendar(
  owner: Account,
  options: Pick<Calendar, 'id' | 'summary' | 'timeZone' | 'primary'>,
): Calendar {
  return {
    ...options,
    owner,
    events: new Map(),
    allowsPush: true,
    conferenceTypes: ['hangoutsMeet'],
    freeBusyError: undefined,
    syncEpoch: 0,
  }
}

/** @param id may be `primary` */
export function findCalendar(account: Account, id: string): Calendar | undefined {
  return account.calendars.get(id === 'primary' ? account.email : id)
}

/** @throws 404 */
export function getCalendar(account: Account, id: string): Calendar {
  const calendar = findCalendar(account, id)
  if (!calendar) throw notFound()
  return calendar
}
