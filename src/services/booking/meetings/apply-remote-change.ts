// What an agent does with one of our events in the calendar comes back: moved there moves the meeting, deleted or
// declined there cancels it (docs/semantics.md, section 3). Nothing of it is written to the calendar again.
import { type Conversation, type Meeting, Prisma } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendars, lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { EXCLUSION_VIOLATION, sqlStateOf } from '../../../database/sql-state.ts'
import { publishMeetingChange } from '../../calendars/entries/note-entry.ts'
import { requestReading } from '../../calendars/worker/handle-webhook.ts'
import type { RemoteChange } from '../../calendars/worker/remote-change.ts'
import type { Services } from '../../context.ts'
import { readTexts } from '../../invitations/read-texts.ts'
import type { OwnEvent } from '../../ports/calendar-provider.ts'
import { MINUTE } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'
import { type AgentTime, freeTime, moveReservation } from '../reservations/reserve.ts'
import { LONGEST_RESERVATION_MS } from '../slots/rules.ts'
import { lockOpenChatOf } from './lock-booked-chat.ts'
import { recordChange } from './record-change.ts'

const ACTOR = "The agent's calendar"

/** Nothing happens when the event is as we wrote it, or as it was followed before. The link of a conference that is made
 * later may come without a new version; and when the answer to a write was lost, the version that was found later may have
 * been moved already. */
export async function applyRemoteChange(services: Services, { entry, event }: RemoteChange): Promise<void> {
  const { version, meeting } = entry
  const isSame =
    event?.version === version && event.conferenceUrl === meeting.conferenceUrl && !isMoved(event, meeting)
  if (isSame && event.state === 'STANDS') return
  const followed = { entry, event }
  const run = (isHeld: boolean) =>
    runTransaction(services, (tx) => follow(services, { tx, followed, isHeld }))
  if (!isTooLong(event)) {
    try {
      return await run(true)
    } catch (error) {
      // Onto another of the agent's own meetings: it is where the agent wants it, and that time is taken already.
      if (sqlStateOf(error) !== EXCLUSION_VIOLATION) throw error
    }
  }
  await run(false)
  // From now on it is a busy time like others, which is not known yet.
  const { agentId } = entry
  await requestReading(services.database, { calendars: { agentId }, at: services.clock.now() })
}

async function follow(
  services: Services,
  { tx, followed, isHeld }: { tx: Transaction; followed: RemoteChange; isHeld: boolean },
): Promise<void> {
  const { entry, event } = followed
  const conversation = await lockOpenChatOf(tx, { meetingId: entry.meetingId, viewer: entry })
  await lockCalendars(tx, [entry.agentId])
  const meeting = await tx.meeting.findUnique({ where: { id: entry.meetingId } })
  const present = await tx.calendarEntry.findUnique({
    where: { meetingId_agentId: { meetingId: entry.meetingId, agentId: entry.agentId } },
  })
  // Changed here meanwhile: that is written first, and looked at again.
  const isOvertaken = meeting?.revision !== entry.meeting.revision || present?.revision !== meeting.revision
  if (meeting === null || isOvertaken) return
  if (event === null || event.state !== 'STANDS')
    return cancel(services, { tx, meeting, event, iCalUid: present.iCalUid, conversation })
  const moved = isMoved(event, meeting)
  const { version, conferenceUrl } = event
  if (moved) await takeTime(tx, { meeting, event, isHeld })
  noteLocks(tx, 'meeting', [meeting.id])
  await tx.calendarEntry.updateMany({
    where: { meetingId: meeting.id, agentId: entry.agentId },
    data: { version, ...(moved ? { revision: meeting.revision + 1 } : {}) },
  })
  if (moved) await move(services, { tx, meeting, event, isHeld, conversation })
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

/** An event of no length does not say when the meeting is. */
function isMoved({ start, end }: OwnEvent, { startsAt, endsAt }: Meeting): boolean {
  return start < end && (start !== startsAt.getTime() || end !== endsAt.getTime())
}

function isTooLong(event: OwnEvent | null): boolean {
  return event !== null && event.end - event.start > LONGEST_RESERVATION_MS
}

interface Inbound {
  tx: Transaction
  meeting: Meeting
  /** Those who talk are told too. */
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
  }: Inbound & { event: OwnEvent | null; iCalUid: string | null },
): Promise<void> {
  const { id } = before
  // What the agent said no to still stands there, for whoever wants to look.
  const isGone = event === null || event.state === 'DELETED'
  await freeTime(tx, id)
  noteLocks(tx, 'meeting', [id])
  const meeting = await tx.meeting.update({
    where: { id },
    data: {
      ...{ status: 'CANCELLED', revision: { increment: 1 }, calendarSync: 'WRITTEN' },
      // So it does not take back its invitation either.
      ...(isGone ? {} : { invitationUid: before.invitationUid ?? iCalUid }),
    },
  })
  await tx.calendarEntry.updateMany({
    where: { meetingId: id, agentId: meeting.agentId },
    data: {
      ...(isGone
        ? { eventId: null, version: null, generation: { increment: 1 } }
        : { version: event.version }),
      // The link of a conference is not waited for any more.
      ...{ dueAt: null, failures: 0 },
    },
  })
  const reason = isGone
    ? 'The agent deleted the meeting in the calendar.'
    : 'The agent declined the meeting in the calendar.'
  const now = services.clock.now()
  const kind = 'CALENDAR_CHANGED' as const
  const change = { meeting, kind, actor: ACTOR, reason, now, fromCalendar: true, conversation }
  await recordChange(services, { tx, change })
}

async function move(
  services: Services,
  { tx, meeting: before, event, isHeld, conversation }: Inbound & { event: OwnEvent; isHeld: boolean },
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
  const reason =
    isHeld || isTooLong(event)
      ? 'The agent moved the meeting in the calendar.'
      : 'The agent moved the meeting in the calendar, onto another meeting.'
  const kind = 'CALENDAR_CHANGED' as const
  const moved = { meeting, kind, actor: ACTOR, reason, now: services.clock.now(), fromCalendar: true }
  await recordChange(services, { tx, change: { ...moved, conversation, previousStartsAt: before.startsAt } })
}

/** Holds of visitors give way: the agent is not there for them. */
async function takeTime(
  tx: Transaction,
  { meeting, event, isHeld }: { meeting: Meeting; event: OwnEvent; isHeld: boolean },
): Promise<void> {
  if (!isHeld) return freeTime(tx, meeting.id)
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

const UNINVITED = 'The agent took the visitor off the event in the calendar.'

/** Told of once, and not undone: the agent took the visitor off the event. */
async function noteUninvited(services: Services, { tx, meeting, conversation }: Inbound): Promise<void> {
  const kind = 'CALENDAR_CHANGED' as const
  const reason = UNINVITED
  const told = await tx.meetingChange.findFirst({ where: { meetingId: meeting.id, kind, reason } })
  if (told !== null) return
  const note = { meeting, kind, actor: ACTOR, reason, now: services.clock.now() }
  await recordChange(services, {
    tx,
    change: { ...note, conversation, fromCalendar: true, tellsNobody: true },
  })
}
