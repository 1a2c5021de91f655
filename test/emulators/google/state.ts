// What the emulator keeps: accounts, their calendars and events, and how it is to behave.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import type { EmulatorClock } from '../http-server.ts'
import { notFound } from './errors.ts'

export type EventResource = calendar_v3.Schema$Event
export type EventTime = calendar_v3.Schema$EventDateTime

export interface Account {
  email: string
  subject: string
  name: string
  /** The user's setting; that of new calendars. */
  timeZone: string
  calendars: Map<string, Calendar>
  /** Invitations to guests outside that Google still lets this account send; Infinity at first. */
  invitationsLeft: number
}

export interface Calendar {
  id: string
  summary: string
  timeZone: string
  owner: Account
  primary: boolean
  /** By id, cancelled ones and exceptions of series too. */
  events: Map<string, StoredEvent>
  /** False for such as holidays, which refuse `watch`. */
  allowsPush: boolean
  conferenceTypes: string[]
  /** Why free/busy cannot be told, as `internalError`; undefined when it can. */
  freeBusyError: string | undefined
  /** Sync tokens of an earlier one are not valid any more. */
  syncEpoch: number
}

export interface StoredEvent {
  /** Times as UTC, with the zone they were given in, or as dates. Status `cancelled` once deleted. */
  resource: EventResource
  /** Of the last change, and of the first. Grows over all calendars. */
  version: number
  createdVersion: number
  /** Reads until the conference that was asked for is there. */
  conferenceReadsLeft: number
  /** How the series was before each change of its times. */
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
    /** How often `events.get` answers "pending" first; 0: the room is there with the answer to the write. */
    pendingReads: number
    outcome: 'success' | 'failure'
  }
  lists: {
    /** Pages are no longer than this, whatever was asked for. */
    pageSize: number
    /** Puts an empty page after each one. */
    emptyPages: boolean
  }
  /** What becomes of a patch of a deleted event that does not say `status`. Google does not document it. */
  patchOfDeleted: 'STAYS_CANCELLED' | 'NOT_FOUND'
  /** More are refused with 403 rateLimitExceeded. */
  requestsPerMinute: number
}

export interface World {
  clock: EmulatorClock
  origin: string
  accounts: Map<string, Account>
  mails: Mail[]
  behaviour: Behaviour
  nextVersion(): number
  /** The last one that was given out. */
  version(): number
  /** Tells who watches a calendar that it has changed. */
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

/** @param id as clients write it: also `primary` */
export function findCalendar(account: Account, id: string): Calendar | undefined {
  return account.calendars.get(id === 'primary' ? account.email : id)
}

/** @throws 404 */
export function getCalendar(account: Account, id: string): Calendar {
  const calendar = findCalendar(account, id)
  if (!calendar) throw notFound()
  return calendar
}
