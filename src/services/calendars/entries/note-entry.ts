// Records the outcome of writing a meeting into a calendar. If the meeting has changed meanwhile, its entry stays due.
import {
  type CalendarConnection,
  type CalendarEntry,
  type Meeting,
  Prisma,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockMeetingRow, shareConnections } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { readTexts } from '../../invitations/read-texts.ts'
import type { WrittenEvent } from '../../ports/calendar-provider.ts'
import { runTransaction } from '../../transaction.ts'
import { entryBackOff } from '../fault-policy.ts'
import type { CalendarFault } from '../provider/calendar-fault.ts'
import { inviteByMail, withdrawFormerInvitation } from './invite-by-mail.ts'

/** How often the link of a video conference is looked for while it is being created, at growing intervals. */
const LOOKS_FOR_CONFERENCE = 6
const FIRST_LOOK_MS = 5000

/** Records that the event of this generation may exist from now on, also if this node is killed before it knows. */
export async function noteAttempt({ database }: Services, entry: CalendarEntry): Promise<void> {
  const { eventId, generation } = entry
  if (eventId !== null) return
  const failures = Math.max(entry.failures, 1)
  await database.calendarEntry.update({ where: keyOf(entry), data: { eventId, generation, failures } })
}

/** The state that a write started from. */
interface Done {
  entry: CalendarEntry
  meeting: Meeting
  connection: CalendarConnection
}

/** Records that the calendar shows the meeting as it was read. */
export async function noteWritten(
  services: Services,
  { entry, meeting, connection, written }: Done & { written: WrittenEvent },
): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    if (!(await isStillConnected(tx, connection))) return
    const conferenceUrl = written.conferenceUrl ?? meeting.conferenceUrl
    const isNews = conferenceUrl !== meeting.conferenceUrl
    const texts = isNews ? await readTexts(tx, { ...meeting, conferenceUrl }) : {}
    const data = { calendarSync: 'WRITTEN' as const, conferenceUrl, ...texts }
    const isCurrent = await settleMeeting(tx, meeting, data)
    await tx.calendarEntry.update({
      where: keyOf(entry),
      data: { ...writtenEntry({ entry, written, now }, { isCurrent }), revision: meeting.revision },
    })
    if (isCurrent && isNews) await publishMeetingChange(tx, { meeting, now })
    // What the entry had before: the visitor may have an invitation to an earlier revision.
    const { iCalUid } = entry
    if (!entry.invites) {
      await inviteByMail(services, { tx, meeting, iCalUid, eventUid: written.iCalUid })
    }
  })
}

function writtenEntry(
  { entry, written, now }: { entry: CalendarEntry; written: WrittenEvent; now: Date },
  { isCurrent }: { isCurrent: boolean },
) {
  const { eventId, iCalUid, version, conferencePending } = written
  const { generation, invites } = entry
  // Before the first write has succeeded, `failures` counts failed writes and not looks.
  const looks = entry.eventId === null ? 0 : entry.failures
  const looksAgain = conferencePending && looks < LOOKS_FOR_CONFERENCE
  const next = looksAgain ? new Date(now.getTime() + FIRST_LOOK_MS * 2 ** looks) : null
  return {
    eventId,
    iCalUid,
    version,
    generation,
    invites,
    failures: looksAgain ? looks + 1 : 0,
    firstFailedAt: null,
    ...(isCurrent ? { dueAt: next } : {}),
  }
}

/** Records that the calendar does not, or no longer, show the meeting.
 * @param noted.meeting as it was read
 * @param noted.keeps whether its event stays in the calendar */
export async function noteRemoved(
  services: Services,
  { entry, meeting, connection, keeps }: Done & { keeps: boolean },
): Promise<void> {
  await runTransaction(services, async (tx) => {
    if (!(await isStillConnected(tx, connection))) return
    // The meeting may have been reassigned to this former agent meanwhile.
    const isOwn = meeting.agentId === entry.agentId
    const settled = isOwn ? { calendarSync: 'WRITTEN' as const } : { revision: meeting.revision }
    const isCurrent = await settleMeeting(tx, meeting, settled)
    await tx.calendarEntry.update({
      where: keyOf(entry),
      data: {
        ...(keeps ? {} : { eventId: null, version: null, generation: { increment: 1 } }),
        failures: 0,
        firstFailedAt: null,
        ...(isCurrent ? { dueAt: null } : {}),
      },
    })
  })
}

/** The outcome in a calendar that was disconnected or replaced meanwhile says nothing about the present one. */
async function isStillConnected(tx: Transaction, { id, connectedAt }: CalendarConnection): Promise<boolean> {
  const connected = await shareConnections(
    tx,
    Prisma.sql`"id" = ${id}::uuid AND "state" <> 'DISCONNECTED' AND "connectedAt" = ${connectedAt}::timestamptz`,
  )
  return connected.length > 0
}

/** Records a failure: the entry gets a back-off, or is given up, which is reported to the operator. If the meeting has
 * changed meanwhile, its entry stays due. */
export async function noteFailure(
  services: Services,
  { entry, fault }: { entry: CalendarEntry; fault: CalendarFault },
): Promise<void> {
  const now = services.clock.now()
  const firstFailedAt = entry.firstFailedAt ?? now
  const failures = entry.failures + 1
  const { meetingId, agentId, dueAt } = entry
  const unchanged = { meetingId, agentId, dueAt }
  const pause = entryBackOff(fault, { failures, firstFailedAt, now })
  if (pause !== null) {
    await services.database.calendarEntry.updateMany({
      where: unchanged,
      data: { failures, firstFailedAt, dueAt: new Date(now.getTime() + pause) },
    })
    return
  }
  await runTransaction(services, async (tx) => {
    const meeting = await lockMeetingRow(tx, entry)
    const { count } = await tx.calendarEntry.updateMany({
      where: unchanged,
      data: { failures, firstFailedAt, dueAt: null },
    })
    if (meeting === null || count === 0) return
    if (meeting.agentId !== agentId) return withdrawFormerInvitation(services, { tx, entry })
    await settleMeeting(tx, meeting, { calendarSync: 'FAILED' })
    await inviteByMail(services, { tx, meeting, iCalUid: entry.iCalUid })
    await publishMeetingChange(tx, { meeting, now })
  })
  services.onError(fault)
}

/** @returns false when the meeting has changed since it was read */
async function settleMeeting(
  tx: Transaction,
  { id, revision, agentId }: Meeting,
  data: Partial<Pick<Meeting, 'calendarSync' | 'conferenceUrl' | 'subject' | 'body' | 'revision'>>,
): Promise<boolean> {
  noteLocks(tx, 'meeting', [id])
  const { count } = await tx.meeting.updateMany({ where: { id, revision, agentId }, data })
  return count === 1
}

/** Publishes a change of the meeting other than of its times: of its link, or of its state in the calendar. */
export async function publishMeetingChange(
  tx: Transaction,
  { meeting, now }: { meeting: Meeting; now: Date },
): Promise<void> {
  const { id: meetingId, workspaceId, agentId } = meeting
  const last = await tx.meetingChange.findFirstOrThrow({ where: { meetingId }, orderBy: { id: 'desc' } })
  const events = [newEvent.meetingChanged({ meetingId, changeId: last.id, agentIds: [agentId] })]
  await appendEvents(tx, { workspaceId, at: now, events })
}

const keyOf = ({ meetingId, agentId }: Pick<CalendarEntry, 'meetingId' | 'agentId'>) => ({
  meetingId_agentId: { meetingId, agentId },
})
