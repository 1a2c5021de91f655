// An account as tests use it: the actions of the person in the calendar's pages and in the account's settings. Every
// change reaches the channels that watch the calendar and the next sync, as with Google.
import { toEventJson } from './event-shape.ts'
import { defaultEnd, originalStartKey, toEventTime } from './event-times.ts'
import { changeEvent, deleteEvent, getEvent, insertEvent, type WriteOptions } from './event-writes.ts'
import type { Grants } from './grants.ts'
import { eventsWithin, isCancelled } from './occurrences.ts'
import {
  type Account,
  type Calendar,
  createCalendar,
  type EventResource,
  type EventTime,
  getCalendar,
  type World,
} from './state.ts'

/** A date `yyyy-MM-dd`, an instant with its offset, or Google's own form. */
type Time = string | EventTime

interface TypedEvent extends Omit<EventResource, 'start' | 'end'> {
  start: Time
  /** When omitted, the event lasts an hour, or a day if it starts on a date. */
  end?: Time
}

/** Where an action happens, and whom it mails. */
interface Place {
  /** The primary calendar when omitted. */
  calendarId?: string
  /** `all` when omitted, as when the person presses "Send". */
  sendUpdates?: WriteOptions['sendUpdates']
}

export interface GoogleAccount {
  email: string
  subject: string
  /** How many more invitations to external guests are sent before 403 quotaExceeded. Infinity at first. */
  invitationsLeft: number
  /** The primary calendar first. */
  calendars(): Calendar[]
  /** All-day events without a transparency are "free", as in Google's pages. With an `organizer` other than the account
   * the account is a guest.
   * @returns the id */
  createEvent(event: TypedEvent, place?: Place): string
  /** Changes the given fields: arrays are replaced, null removes a field. */
  editEvent(id: string, patch: EventResource, place?: Place): void
  moveEvent(id: string, to: { start: Time; end?: Time }, place?: Place): void
  deleteEvent(id: string, place?: Place): void
  /** The person's own answer. */
  declineEvent(id: string, place?: Place): void
  setTransparency(id: string, transparency: 'opaque' | 'transparent', place?: Place): void
  removeAttendee(id: string, email: string, place?: Place): void
  /** The id of one occurrence, for the functions above.
   * @param originalStart the start by the rule of the series */
  occurrenceId(seriesId: string, originalStart: Time): string
  /** The event as Google shows it, cancelled or not; undefined when there is none. */
  event(id: string, place?: Place): EventResource | undefined
  /** All events that are not cancelled; a series is one event. */
  events(place?: Place): EventResource[]
  /** The events in a window, with series expanded. */
  eventsWithin(from: string, to: string, place?: Place): EventResource[]
  /** @returns the id */
  addCalendar(options: { id?: string; summary: string; timeZone?: string }): string
  /** @param calendarId the primary calendar when omitted */
  deleteCalendar(calendarId?: string): void
  /** Changes the zone of the account and of its primary calendar. */
  changeTimeZone(timeZone: string): void
  /** Revokes the client's access in the account's settings: refresh and access tokens end. */
  revokeAccess(): void
  /** Access tokens end now; refresh tokens stay. */
  expireAccessTokens(): void
  /** All sync tokens issued so far for the calendar are answered with 410. */
  expireSyncTokens(calendarId?: string): void
  /** Removes deleted events entirely, as Google does after a long time. */
  forgetDeleted(calendarId?: string): void
}

export function createGoogleAccount(world: World, grants: Grants, account: Account): GoogleAccount {
  const calendarAt = (id = 'primary') => getCalendar(account, id)
  const writerAt = (place: Place = {}) => ({ world, account, calendar: calendarAt(place.calendarId) })
  const optionsOf = (place: Place = {}): WriteOptions => ({
    byUser: true,
    conferenceDataVersion: 1,
    sendUpdates: place.sendUpdates ?? 'all',
  })
  const edit = (id: string, body: EventResource, place?: Place) =>
    void changeEvent(writerAt(place), id, { body, ...optionsOf(place) })
  const attendeesOf = (id: string, place?: Place) =>
    getEvent(writerAt(place).calendar, id).resource.attendees ?? []
  const decline = (id: string, place: Place = {}) => {
    const { email } = account
    const attendees = attendeesOf(id, place)
    const isInvited = attendees.some((attendee) => attendee.email === email)
    const all = isInvited ? attendees : [...attendees, { email }]
    const answered = all.map((one) => (one.email === email ? { ...one, responseStatus: 'declined' } : one))
    // An answer sends no mail to the other guests.
    edit(id, { attendees: answered }, { ...place, sendUpdates: 'none' })
  }

  return {
    email: account.email,
    subject: account.subject,
    get invitationsLeft() {
      return account.invitationsLeft
    },
    set invitationsLeft(left) {
      account.invitationsLeft = left
    },
    calendars: () => [...account.calendars.values()],
    createEvent: (event, place) => {
      const writer = writerAt(place)
      const { start, end } = typedTimes(event, writer.calendar)
      const transparency = event.transparency ?? (start.date ? 'transparent' : 'opaque')
      const stored = insertEvent(writer, { ...event, start, end, transparency }, optionsOf(place))
      return String(stored.resource.id)
    },
    editEvent: edit,
    moveEvent: (id, to, place) => {
      const { start, end } = typedTimes(to, writerAt(place).calendar)
      const whole = (time: EventTime) => ({ date: null, dateTime: null, ...time })
      edit(id, { start: whole(start), end: whole(end) }, place)
    },
    deleteEvent: (id, place) => deleteEvent(writerAt(place), id, optionsOf(place)),
    declineEvent: decline,
    setTransparency: (id, transparency, place) => edit(id, { transparency }, place),
    removeAttendee: (id, email, place) =>
      edit(id, { attendees: attendeesOf(id, place).filter((attendee) => attendee.email !== email) }, place),
    occurrenceId: (seriesId, originalStart) => `${seriesId}_${originalStartKey(toEventTime(originalStart))}`,
    event: (id, place) => {
      const { calendar } = writerAt(place)
      const stored = calendar.events.get(id)
      return stored && toEventJson(stored, calendar)
    },
    events: (place) => {
      const { calendar } = writerAt(place)
      const standing = [...calendar.events.values()].filter((stored) => !isCancelled(stored))
      return standing.map((stored) => toEventJson(stored, calendar))
    },
    eventsWithin: (from, to, place) => {
      const { calendar } = writerAt(place)
      const window = { from: new Date(from), to: new Date(to) }
      return eventsWithin(calendar, window).map((stored) => toEventJson(stored, calendar))
    },
    ...createSettings(world, grants, account),
  }
}

type Settings =
  | 'addCalendar'
  | 'deleteCalendar'
  | 'changeTimeZone'
  | 'revokeAccess'
  | 'expireAccessTokens'
  | 'expireSyncTokens'
  | 'forgetDeleted'

function createSettings(world: World, grants: Grants, account: Account): Pick<GoogleAccount, Settings> {
  const calendarAt = (id = 'primary') => getCalendar(account, id)
  return {
    addCalendar: ({ id, summary, timeZone = account.timeZone }) => {
      const own = id ?? `c_${world.nextVersion()}@group.calendar.google.com`
      account.calendars.set(own, createCalendar(account, { id: own, summary, timeZone, primary: false }))
      return own
    },
    deleteCalendar: (id) => {
      const calendar = calendarAt(id)
      account.calendars.delete(calendar.id)
      world.notify(calendar, 'not_exists')
    },
    changeTimeZone: (timeZone) => {
      const calendar = calendarAt()
      account.timeZone = timeZone
      calendar.timeZone = timeZone
      world.notify(calendar)
    },
    revokeAccess: () => grants.revokeAll(account),
    expireAccessTokens: () => grants.expireAccess(account),
    expireSyncTokens: (id) => {
      calendarAt(id).syncEpoch += 1
    },
    forgetDeleted: (id) => {
      const { events } = calendarAt(id)
      for (const [key, stored] of events) if (isCancelled(stored)) events.delete(key)
    },
  }
}

function typedTimes(typed: { start: Time; end?: Time }, calendar: Calendar) {
  const withZone = (time: EventTime): EventTime =>
    time.dateTime && !time.timeZone ? { ...time, timeZone: calendar.timeZone } : time
  const start = withZone(toEventTime(typed.start))
  if (typed.end !== undefined) return { start, end: withZone(toEventTime(typed.end)) }
  return { start, end: withZone(defaultEnd(start)) }
}
