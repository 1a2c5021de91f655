// Applies to a meeting what the agent did to its event in the calendar: moving the event moves the meeting, deleting or
// declining it cancels the meeting (docs/semantics.md, section 3). It must never write the change back to the calendar.
import {
  type Conversation,
  type Meeting,
  type MeetingChangeReason,
  Prisma,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendars, lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { EXCLUSION_VIOLATION, sqlStateOf } from '../../../database/sql-state.ts'
import { withdraw } from '../../calendars/entries/invite-by-mail.ts'
import { publishMeetingChange } from '../../calendars/entries/note-entry.ts'
import { requestReading } from '../../calendars/worker/handle-webhook.ts'
import type { RemoteChange } from '../../calendars/worker/remote-change.ts'
import type { Services } from '../../context.ts'
import type { Actor } from '../../identity/viewer.ts'
import { readTexts } from '../../invitations/read-texts.ts'
import type { OwnEvent } from '../../ports/calendar-provider.ts'
import { MINUTE } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'
import { type AgentTime, freeTime, moveReservation } from '../reservations/reserve.ts'
import { LONGEST_RESERVATION_MS } from '../slots/rules.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { recordChange } from './record-change.ts'

/** Why the calendar changed a meeting, for people to read. */
const REASONS = {
  EVENT_DELETED: 'The agent deleted the meeting in the calendar.',
  EVENT_DECLINED: 'The agent declined the meeting in the calendar.',
  EVENT_MOVED: 'The agent moved the meeting in the calendar.',
  EVENT_MOVED_ONTO_MEETING: 'The agent moved the meeting in the calendar, onto another meeting.',
  VISITOR_TAKEN_OFF_EVENT: 'The agent took the visitor off the event in the calendar.',
} as const satisfies Partial<Record<MeetingChangeReason, string>>

/** @returns what the entries in the history have in common */
function changed({ agentId }: Meeting, reasonCode: keyof typeof REASONS) {
  const actor: Actor = { kind: 'CALENDAR', name: "The agent's calendar", agentId }
  return { kind: 'CALENDAR_CHANGED' as const, actor, reasonCode, reason: REASONS[reasonCode] }
}

/** Has no effect when the event is as we wrote it, or when its change was already applied. The version alone does not
 * show that: a provider can add the link of a conference without a new version, and when the answer to our write was
 * lost, the version that was found later can already be moved. */
export async function applyRemoteChange(services: Services, { entry, event }: RemoteChange): Promise<void> {
  const { version, meeting } = entry
  const isSame =
    event?.version === version && event.conferenceUrl === meeting.conferenceUrl && !isMoved(event, meeting)
  if (isSame && event.state === 'STANDS') return
  const change = { entry, event }
  const run = (isReserved: boolean) =>
    runTransaction(services, (tx) => applyInTransaction(services, { tx, change, isReserved }))
  if (!isTooLong(event)) {
    try {
      return await run(true)
    } catch (error) {
      // The agent moved it onto another meeting. It stays there, without a reservation: the other meeting has the time.
      if (sqlStateOf(error) !== EXCLUSION_VIOLATION) throw error
    }
  }
  await run(false)
  // Without a reservation, only the stored busy times of the calendar block its time, so they must be read again.
  const { agentId } = entry
  await requestReading(services.database, { calendars: { agentId }, at: services.clock.now() })
}

async function applyInTransaction(
  services: Services,
  { tx, change, isReserved }: { tx: Transaction; change: RemoteChange; isReserved: boolean },
): Promise<void> {
  const { entry, event } = change
  const conversation = await lockOpenChatOf(tx, { meetingId: entry.meetingId, viewer: entry })
  await lockCalendars(tx, [entry.agentId])
  const meeting = await tx.meeting.findUnique({ where: { id: entry.meetingId } })
  const present = await tx.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId: entry.meetingId, agentId: entry.agentId } },
  })
  // The meeting was changed here meanwhile. The worker first writes that change and then reads the event again.
  const isOvertaken = meeting?.revision !== entry.meeting.revision || present?.revision !== meeting.revision
  if (meeting === null || isOvertaken) return
  if (event === null || event.state !== 'STANDS')
    return cancel(services, { tx, meeting, event, iCalUid: present.iCalUid, conversation })
  const moved = isMoved(event, meeting)
  const { version, conferenceUrl } = event
  if (moved) await takeTime(tx, { meeting, event, isReserved })
  noteLocks(tx, 'meeting', [meeting.id])
  await tx.calendarEntry.updateMany({
    where: { meetingId: meeting.id, agentId: entry.agentId },
    data: { version, ...(moved ? { revision: meeting.revision + 1 } : {}) },
  })
  if (moved) await move(services, { tx, meeting, event, isReserved, conversation })
  else if (!event.visitorInvited && event.version !== present.version)
    await noteUninvited(services, { tx, meeting, conversation })
  if (conferenceUrl !== meeting.conferenceUrl) {
    await noteConference(tx, { id: meeting.id, conferenceUrl })
    await publishMeetingChange(tx, { meeting, now: services.clock.now() })
  }
}

async function noteConference(
  tx: Transaction,
  { id, conferenceUrl }: { id: string; conferenceUrl: string | null },
): Promise<void> {
  const meeting = await tx.meeting.findUniqueOrThrow({ where: { id } })
  const texts = await readTexts(tx, { ...meeting, conferenceUrl })
  await tx.meeting.update({ where: { id }, data: { conferenceUrl, ...texts } })
}

/** An event without length does not count as moved, because it does not say when the meeting ends. */
function isMoved({ start, end }: OwnEvent, { startsAt, endsAt }: Meeting): boolean {
  return start < end && (start !== startsAt.getTime() || end !== endsAt.getTime())
}

function isTooLong(event: OwnEvent | null): boolean {
  return event !== null && event.end - event.start > LONGEST_RESERVATION_MS
}

interface AppliedChange {
  tx: Transaction
  meeting: Meeting
  /** The open chat in which the meeting was booked; the change is also published to it. */
  conversation: Pick<Conversation, 'id' | 'agentId'> | null
}

async function cancel(
  services: Services,
  {
    tx,
    meeting: before,
    event,
    iCalUid,
    conversation,
  }: AppliedChange & { event: OwnEvent | null; iCalUid: string | null },
): Promise<void> {
  const { id } = before
  // A declined event still exists in the calendar; a deleted one does not.
  const isGone = event === null || event.state === 'DELETED'
  await freeTime(tx, id)
  noteLocks(tx, 'meeting', [id])
  const meeting = await tx.meeting.update({
    where: { id },
    data: {
      status: 'CANCELLED',
      revision: { increment: 1 },
      calendarSync: 'WRITTEN',
    },
  })
  // The calendar does not cancel the invitation of an event that still exists, so our mail does.
  if (!isGone && before.invitationUid === null && iCalUid !== null) {
    await withdraw({ tx, meetingId: id, agentId: meeting.agentId, uid: iCalUid })
  }
  await tx.calendarEntry.updateMany({
    where: { meetingId: id, agentId: meeting.agentId },
    data: {
      ...(isGone
        ? { eventId: null, version: null, generation: { increment: 1 } }
        : { version: event.version }),
      // Stops waiting for the link of a conference.
      dueAt: null,
      failures: 0,
    },
  })
  const what = changed(meeting, isGone ? 'EVENT_DELETED' : 'EVENT_DECLINED')
  const change = { meeting, ...what, now: services.clock.now(), fromCalendar: true, conversation }
  await recordChange(services, { tx, change })
}

async function move(
  services: Services,
  {
    tx,
    meeting: before,
    event,
    isReserved,
    conversation,
  }: AppliedChange & { event: OwnEvent; isReserved: boolean },
): Promise<void> {
  const { id } = before
  const startsAt = new Date(event.start)
  const endsAt = new Date(event.end)
  const texts = await readTexts(tx, { ...before, startsAt, endsAt })
  const time = { status: 'RESCHEDULED' as const, startsAt, endsAt, revision: { increment: 1 } }
  const meeting = await tx.meeting.update({
    where: { id },
    data: { ...time, ...texts, calendarSync: 'WRITTEN' },
  })
  const what = changed(meeting, isReserved || isTooLong(event) ? 'EVENT_MOVED' : 'EVENT_MOVED_ONTO_MEETING')
  const moved = { meeting, ...what, now: services.clock.now(), fromCalendar: true }
  await recordChange(services, { tx, change: { ...moved, conversation, previousStartsAt: before.startsAt } })
}

/** Moves the reservation. Deletes the holds in its way, because the agent is no longer free for them. */
async function takeTime(
  tx: Transaction,
  { meeting, event, isReserved }: { meeting: Meeting; event: OwnEvent; isReserved: boolean },
): Promise<void> {
  if (!isReserved) return freeTime(tx, meeting.id)
  const { agentId, workspaceId } = meeting
  const { bufferMinutes } = await tx.meetingAvailability.findUniqueOrThrow({ where: { agentId } })
  const startsAt = new Date(event.start)
  const blockedUntil = new Date(event.end + bufferMinutes * MINUTE)
  const time: AgentTime = { workspaceId, agentId, startsAt, endsAt: new Date(event.end), blockedUntil }
  const holds = lockingReservations(
    tx,
    Prisma.sql`"agentId" = ${agentId}::uuid AND "meetingId" IS NULL
      AND tstzrange("startsAt", "blockedUntil") && tstzrange(${startsAt}::timestamptz, ${blockedUntil}::timestamptz)`,
  )
  await tx.$executeRaw`DELETE FROM "Reservation" WHERE "id" IN (${holds})`
  await moveReservation(tx, meeting, time)
}

/** Records, once for each meeting, that the agent took the visitor off the event. The visitor is not invited again. */
async function noteUninvited(
  services: Services,
  { tx, meeting, conversation }: AppliedChange,
): Promise<void> {
  const what = changed(meeting, 'VISITOR_TAKEN_OFF_EVENT')
  const { reasonCode } = what
  const recorded = await tx.meetingChange.findFirst({ where: { meetingId: meeting.id, reasonCode } })
  if (recorded !== null) return
  const note = { meeting, ...what, now: services.clock.now() }
  await recordChange(services, {
    tx,
    change: { ...note, conversation, fromCalendar: true, isQuiet: true },
  })
}
