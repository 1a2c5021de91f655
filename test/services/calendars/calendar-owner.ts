// The owner of a calendar at either emulator, in the same words: what the owner does there, and what is true there. It
// is told from the emulator's own state and shares no code with the program.
import { DateTime } from 'luxon'
import type { GoogleAccount } from '../../emulators/google/accounts.ts'
import type { EventResource, EventTime } from '../../emulators/google/state.ts'
import type { StoredEvent } from '../../emulators/microsoft/model.ts'
import type { Item } from '../../emulators/microsoft/series.ts'
import type { MicrosoftAccount } from '../../emulators/microsoft/user-actions.ts'
import type { addAccount, Provider } from '../../kit/calendars.ts'

/** Instants in ISO form, in UTC. */
export interface Time {
  start: string
  end: string
}

export interface Shown extends Time {
  id: string
  /** Whether it keeps the owner from meeting anybody. */
  isBusy: boolean
  /** null: it is none of ours. */
  meetingId: string | null
  declined: boolean
}

export type EventKind = 'BUSY' | 'FREE' | 'TENTATIVE' | 'INVITED' | 'OUT_OF_OFFICE'
export const EVENT_KINDS: EventKind[] = ['BUSY', 'FREE', 'TENTATIVE', 'INVITED', 'OUT_OF_OFFICE']

export interface CalendarOwner {
  email: string
  /** What takes place between two instants, series taken apart. */
  shows(from: string, to: string): Shown[]
  /** The ids of the series. */
  series(): string[]
  create(kind: EventKind, time: Time): void
  /** @param first a date */
  createWholeDays(first: string, days: number): void
  createSeries(time: Time): void
  move(id: string, time: Time): void
  delete(id: string): void
  decline(id: string): void
  setFree(id: string, isFree: boolean): void
  retitle(id: string): void
  takeOff(id: string, guest: string): void
  /** @param timeZone IANA */
  changeTimeZone(timeZone: string): void
  expireTokens(): void
  /** Tokens that were given out are of no use any more. */
  revoke(): void
}

export function ownerOf(provider: Provider, account: ReturnType<typeof addAccount>): CalendarOwner {
  return provider === 'GOOGLE'
    ? googleOwner(account as GoogleAccount)
    : microsoftOwner(account as MicrosoftAccount)
}

const HOST = 'boss@elsewhere.example'
const iso = (instant: Date) => instant.toISOString()
const addDays = (date: string, days: number) =>
  DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toISODate() ?? ''

function googleOwner(account: GoogleAccount): CalendarOwner {
  const self = { email: account.email, responseStatus: 'accepted' }
  const kinds: Record<EventKind, Omit<EventResource, 'start' | 'end'>> = {
    BUSY: {},
    FREE: { transparency: 'transparent' },
    TENTATIVE: { status: 'tentative' },
    INVITED: { organizer: { email: HOST }, attendees: [{ email: HOST }, self] },
    OUT_OF_OFFICE: { eventType: 'outOfOffice' },
  }
  return {
    email: account.email,
    shows: (from, to) => {
      const zone = account.calendars()[0]?.timeZone ?? 'UTC'
      return account.eventsWithin(from, to).map((event) => shownByGoogle(event, zone))
    },
    series: () => account.events().flatMap(({ id, recurrence }) => (recurrence && id ? [id] : [])),
    create: (kind, time) => void account.createEvent({ summary: 'Secret', ...kinds[kind], ...time }),
    createWholeDays: (first, days) =>
      void account.createEvent({ start: first, end: addDays(first, days), transparency: 'opaque' }),
    createSeries: (time) =>
      void account.createEvent({ summary: 'Secret', ...time, recurrence: ['RRULE:FREQ=DAILY;COUNT=6'] }),
    move: (id, time) => account.moveEvent(id, time),
    delete: (id) => account.deleteEvent(id),
    decline: (id) => account.declineEvent(id),
    setFree: (id, isFree) => account.setTransparency(id, isFree ? 'transparent' : 'opaque'),
    retitle: (id) => account.editEvent(id, { summary: 'My own title' }),
    takeOff: (id, guest) => account.removeAttendee(id, guest),
    changeTimeZone: (timeZone) => account.changeTimeZone(timeZone),
    expireTokens: () => account.expireAccessTokens(),
    revoke: () => account.revokeAccess(),
  }
}

function shownByGoogle(event: EventResource, zone: string): Shown {
  const instant = (time: EventTime | undefined) =>
    time?.date ? DateTime.fromISO(time.date, { zone }).toJSDate() : new Date(String(time?.dateTime))
  const declined =
    event.attendees?.some((guest) => guest.self && guest.responseStatus === 'declined') ?? false
  return {
    id: String(event.id),
    start: iso(instant(event.start)),
    end: iso(instant(event.end)),
    isBusy: !declined && event.transparency !== 'transparent' && event.status !== 'cancelled',
    meetingId: event.extendedProperties?.private?.meetingId ?? null,
    declined,
  }
}

function microsoftOwner(account: MicrosoftAccount): CalendarOwner {
  const kinds: Record<EventKind, StoredEvent['showAs']> = {
    BUSY: 'busy',
    FREE: 'free',
    TENTATIVE: 'tentative',
    INVITED: 'tentative',
    OUT_OF_OFFICE: 'oof',
  }
  return {
    email: account.email,
    shows: (from, to) => account.eventsWithin(from, to).map(shownByMicrosoft),
    series: () => account.events().flatMap(({ id, recurrence }) => (recurrence === null ? [] : [id])),
    create: (kind, time) => {
      const invited = kind === 'INVITED' ? { organizer: HOST, response: 'accepted' as const } : {}
      account.createEvent({ subject: 'Secret', showAs: kinds[kind], ...time, ...invited })
    },
    createWholeDays: (first, days) =>
      void account.createEvent({ start: first, end: addDays(first, days), isAllDay: true }),
    createSeries: (time) => {
      const range = { type: 'numbered', numberOfOccurrences: 6, startDate: time.start.slice(0, 10) } as const
      const recurrence = { pattern: { type: 'daily', interval: 1 } as const, range }
      account.createEvent({ subject: 'Secret', ...time, recurrence })
    },
    move: (id, time) => account.moveEvent(id, time),
    delete: (id) => account.deleteEvent(id),
    decline: (id) => account.declineEvent(id),
    setFree: (id, isFree) => account.editEvent(id, { showAs: isFree ? 'free' : 'busy' }),
    retitle: (id) => account.editEvent(id, { subject: 'My own title' }),
    takeOff: (id, guest) => account.removeAttendee(id, guest),
    changeTimeZone: (timeZone) => account.changeTimeZone(timeZone),
    expireTokens: () => account.expireAccessTokens(),
    revoke: () => {
      account.revokeAccess()
      account.expireAccessTokens()
    },
  }
}

function shownByMicrosoft({ id, event, start, end }: Item): Shown {
  const property = event.extendedProperties.find((one) => one.id.endsWith(' Name MeetingId'))
  const declined = event.response === 'declined'
  const isFree = event.showAs === 'free' || event.showAs === 'workingElsewhere'
  return {
    id,
    start: iso(start),
    end: iso(end),
    declined,
    isBusy: !declined && !isFree && !event.isCancelled,
    meetingId: property?.value ?? null,
  }
}
