// Removes what was written and claimed for the meetings of a person who is erased, also from the calendars of the agents at
// their providers. The meetings still count.
import { lockMeetingRow } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { recordChange } from '../../booking/meetings/record-change.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type Actor, actorOf, requireStaff } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { clearMeetings } from '../clear-meetings.ts'

/** @param which.limit how many at most
 * @returns how many meetings were cleared */
export async function clearPastMeetings(
  context: RequestContext,
  { workspaceId, personId, limit }: { workspaceId: string; personId: string; limit: number },
): Promise<number> {
  const meetings = await context.database.meeting.findMany({
    where: { workspaceId, personId, clearedAt: null, NOT: upcoming(context.clock.now()) },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true },
  })
  const actor = actorOf(requireStaff(context.viewer))
  for (const { id: meetingId } of meetings) {
    await runTransaction(context, (tx) => clearMeeting(context, { tx, workspaceId, meetingId, actor }))
  }
  return meetings.length
}

async function clearMeeting(
  { clock, jobs }: RequestContext,
  { tx, actor, ...which }: { tx: Transaction; workspaceId: string; meetingId: string; actor: Actor },
): Promise<void> {
  const now = clock.now()
  const { meetingId } = which
  const meeting = await lockMeetingRow(tx, which)
  if (meeting === null || (await clearMeetings(tx, { ids: [meetingId], now })) === 0) return
  // The worker removes the event from a calendar of which it knows that it has one.
  await tx.$executeRaw`
    UPDATE "CalendarEntry" e SET "dueAt" = ${now}::timestamptz, "firstFailedAt" = NULL
    WHERE e."meetingId" = ${meetingId}::uuid AND e."eventId" IS NOT NULL AND EXISTS (
      SELECT FROM "CalendarConnection" c WHERE c."agentId" = e."agentId" AND c."state" = 'CONNECTED'
    )`
  const change = { meeting, kind: 'ATTENDEE_CHANGED' as const, actor, reason: null, now, isQuiet: true }
  await recordChange({ jobs }, { tx, change: { ...change, reasonCode: 'PERSON_ERASED' } })
}
