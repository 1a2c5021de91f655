// Creates, changes and deletes events, both for clients of the API and for the user in the calendar's pages.
import { randomBytes } from 'node:crypto'
import { conferenceAfter, isPending, settleConference } from './conferences.ts'
import { notFound, refusal } from './errors.ts'
import { checkEvent, checkOrganizer, mergePatch, writableOf } from './event-shape.ts'
import { toUtc } from './event-times.ts'
import { checkInvitationLimit, mailGuests, type SendUpdates } from './invitations.ts'
import { exceptionsOf, findEvent, hasLiveSeries, isCancelled, isException, isSeries } from './occurrences.ts'
import type { Account, Calendar, EventResource, StoredEvent, World } from './state.ts'

/** The account that writes, and the calendar it writes to. */
export interface Writer {
  world: World
  account: Account
  calendar: Calendar
}

export interface WriteOptions {
  sendUpdates?: SendUpdates
  conferenceDataVersion?: number
  /** The body replaces the whole event: omitted fields are removed. */
  replaces?: boolean
  /** The user writes in the calendar's pages, where the emulator does not restrict guests. */
  byUser?: boolean
}

const VALID_ID = /^[a-v0-9]{5,1024}$/

/** @throws 400, 403 quotaExceeded, 409 duplicate */
export function insertEvent(writer: Writer, body: EventResource, options: WriteOptions = {}): StoredEvent {
  const { world, account, calendar } = writer
  checkIds(calendar, body)
  const id = body.id ?? randomId()
  const self = { email: account.email, self: true }
  const host = options.byUser ? body.organizer?.email : undefined
  const organizer = host && host !== account.email ? { email: host } : self
  const link = Buffer.from(`${id} ${calendar.id}`).toString('base64url')
  const given: EventResource = {
    kind: 'calendar#event',
    status: 'confirmed',
    sequence: 0,
    reminders: { useDefault: true },
    ...writableOf(body),
    id,
    organizer,
    creator: organizer,
    eventType: body.eventType ?? 'default',
    iCalUID: body.iCalUID ?? `${id}@google.com`,
    htmlLink: `${world.origin}/calendar/event?eid=${link}`,
    created: toUtc(world.clock.now()),
  }
  const event = checkEvent(given, account, calendar)
  const version = options.conferenceDataVersion ?? 0
  Object.assign(event, conferenceAfter({}, body, { version, replaces: false, calendar }))
  const change = { before: undefined, after: event, sendUpdates: options.sendUpdates ?? 'none' }
  checkInvitationLimit(world, account, change)
  const stored = {
    resource: event,
    version: 0,
    createdVersion: world.version() + 1,
    former: [],
    conferenceReadsLeft: 0,
  }
  beginConference(world, stored)
  save(writer, stored)
  mailGuests(world, account, change)
  return stored
}

function checkIds(calendar: Calendar, { id, iCalUID }: EventResource): void {
  if (id && !VALID_ID.test(id)) throw refusal(400, 'invalid', 'Invalid resource id value.')
  if (id && iCalUID) throw refusal(400, 'invalid', 'Only one of id and iCalUID may be given.')
  const isTaken = [...calendar.events.values()].some(
    ({ resource }) => resource.id === id || (iCalUID && resource.iCalUID === iCalUID),
  )
  if (isTaken) throw refusal(409, 'duplicate', 'The requested identifier already exists.')
}

/** @throws 400, 403, 404 */
export function changeEvent(
  writer: Writer,
  id: string,
  { body, ...options }: WriteOptions & { body: EventResource },
): StoredEvent {
  const { world, account, calendar } = writer
  const stored = getEvent(calendar, id)
  const before = stored.resource
  const given = writableOf(body)
  const merged = options.replaces ? { ...fixedOf(before), ...given } : mergePatch(before, given)
  const after = checkEvent({ status: before.status, ...merged }, account, calendar)
  if (!options.byUser) checkOrganizer(before, after)
  const version = options.conferenceDataVersion ?? 0
  delete after.conferenceData
  delete after.hangoutLink
  Object.assign(after, conferenceAfter(before, body, { version, replaces: !!options.replaces, calendar }))
  if (isRescheduled(before, after)) after.sequence = (before.sequence ?? 0) + 1
  const change = { before, after, sendUpdates: options.sendUpdates ?? 'none' }
  checkInvitationLimit(world, account, change)
  if (isSeries(stored) && isRescheduled(before, after)) forgetExceptions(writer, stored)
  const hasNewConference = JSON.stringify(before.conferenceData) !== JSON.stringify(after.conferenceData)
  stored.resource = after
  if (hasNewConference) beginConference(world, stored)
  save(writer, stored)
  mailGuests(world, account, { ...change, after: stored.resource })
  return stored
}

/** @throws 404, 410 deleted */
export function deleteEvent(writer: Writer, id: string, options: WriteOptions = {}): void {
  const { world, account, calendar } = writer
  const stored = getEvent(calendar, id)
  if (isCancelled(stored) || (isException(stored) && !hasLiveSeries(calendar, stored))) {
    throw refusal(410, 'deleted', 'Resource has been deleted')
  }
  const before = stored.resource
  const sequence = (before.sequence ?? 0) + 1
  stored.resource = { ...before, status: 'cancelled', sequence }
  save(writer, stored)
  // When a guest deletes an event, it disappears from the guest's calendar only, and no mail is sent.
  if (!before.organizer?.self) return
  const { sendUpdates = 'none' } = options
  mailGuests(world, account, { before, after: stored.resource, sendUpdates })
}

/** @throws 404 */
export function getEvent(calendar: Calendar, id: string): StoredEvent {
  const stored = findEvent(calendar, id)
  if (!stored) throw notFound()
  return stored
}

/** Creates the conference immediately, unless the behaviour delays it. */
function beginConference({ behaviour }: World, stored: StoredEvent): void {
  const { pendingReads, outcome } = behaviour.conferences
  stored.conferenceReadsLeft = pendingReads
  if (isPending(stored) && pendingReads === 0) settleConference(stored, outcome)
}

/** Counts a read of an event. After enough reads a pending conference is created or fails. */
export function countRead(writer: Writer, stored: StoredEvent): void {
  if (!isPending(stored)) return
  if (stored.conferenceReadsLeft > 0) {
    stored.conferenceReadsLeft -= 1
    return
  }
  settleConference(stored, writer.world.behaviour.conferences.outcome)
  save(writer, stored)
}

/** Stores the event under a new version and notifies the channels. */
function save({ world, calendar }: Writer, stored: StoredEvent): void {
  stored.version = world.nextVersion()
  const updated = world.clock.now().toISOString()
  stored.resource = { ...stored.resource, etag: `"${3_000_000_000_000_000 + stored.version}"`, updated }
  calendar.events.set(String(stored.resource.id), stored)
  world.notify(calendar)
}

/** When the times of a series change, its exceptions are lost. */
function forgetExceptions({ calendar }: Writer, series: StoredEvent): void {
  series.former.push(series.resource)
  for (const { resource } of exceptionsOf(calendar, String(series.resource.id))) {
    calendar.events.delete(String(resource.id))
  }
}

function isRescheduled(before: EventResource, after: EventResource): boolean {
  const times = ({ start, end, recurrence }: EventResource) => JSON.stringify([start, end, recurrence])
  return times(before) !== times(after)
}

/** The fields that an update cannot remove. */
function fixedOf(event: EventResource): EventResource {
  const { kind, id, iCalUID, htmlLink, created, creator, organizer, sequence, eventType } = event
  const { recurringEventId, originalStartTime, reminders } = event
  const ofSeries = recurringEventId ? { recurringEventId, originalStartTime } : {}
  return {
    kind,
    id,
    iCalUID,
    htmlLink,
    created,
    creator,
    organizer,
    sequence,
    eventType,
    reminders,
    ...ofSeries,
  }
}

/** 26 characters, like Google's own ids. */
function randomId(): string {
  const digits = '0123456789abcdefghijklmnopqrstuv'
  return [...randomBytes(26)].map((byte) => digits[byte % 32]).join('')
}
