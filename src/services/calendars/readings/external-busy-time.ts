import type { Database } from '../../../database/open.ts'
import type { BusyEvent, CalendarReading, OwnEvent } from '../../ports/calendar-provider.ts'

/** What keeps the agent from taking a meeting beside what is reserved here: also events that were written by us and are
 * not known here, by another installation for example, those of a meeting that the agent moved onto another one, and those
 * that the agent has put back after the meeting was cancelled. */
export async function readExternalBusyTime(
  database: Database,
  { agentId, reading: { busy, own } }: { agentId: string; reading: CalendarReading },
): Promise<BusyEvent[]> {
  if (own.length === 0) return busy
  const meetingIds = own.map(({ meetingId }) => meetingId)
  const known = await database.$queryRaw<{ meetingId: string }[]>`
    SELECT e."meetingId"::text FROM "CalendarEntry" e JOIN "Meeting" m ON m."id" = e."meetingId"
    WHERE e."agentId" = ${agentId}::uuid AND e."meetingId"::text = ANY (${meetingIds})
      AND (e."dueAt" IS NOT NULL AND (m."status" = 'CANCELLED' OR m."agentId" <> e."agentId") OR EXISTS (
        SELECT FROM "Reservation" r WHERE r."meetingId" = m."id" AND r."agentId" = e."agentId"
      ))`
  const isKnown = new Set(known.map(({ meetingId }) => meetingId))
  const foreign = own.filter(({ meetingId, state }) => state === 'STANDS' && !isKnown.has(meetingId))
  return [...busy, ...foreign.map(toBusy)]
}

/** Our events that stand elsewhere than is reserved here, because the agent has just moved them: nothing of ours waits to
 * be written about them.
 * @param exceptMeetingId a meeting that does not count; null: none */
export async function readMovedEvents(
  database: Database,
  { agentId, own, exceptMeetingId }: { agentId: string; own: OwnEvent[]; exceptMeetingId: string | null },
): Promise<BusyEvent[]> {
  const standing = own.filter(({ meetingId, state }) => state === 'STANDS' && meetingId !== exceptMeetingId)
  if (standing.length === 0) return []
  const reserved = await database.$queryRaw<{ meetingId: string; startsAt: Date; endsAt: Date }[]>`
    SELECT e."meetingId"::text, r."startsAt", r."endsAt"
    FROM "CalendarEntry" e JOIN "Meeting" m ON m."id" = e."meetingId" AND m."revision" = e."revision"
      JOIN "Reservation" r ON r."meetingId" = m."id" AND r."agentId" = e."agentId"
    WHERE e."agentId" = ${agentId}::uuid AND e."meetingId"::text = ANY (${standing.map(({ meetingId }) => meetingId)})`
  const isMoved = ({ meetingId, start, end }: OwnEvent) =>
    reserved.some(
      (time) =>
        time.meetingId === meetingId && (time.startsAt.getTime() !== start || time.endsAt.getTime() !== end),
    )
  return standing.filter(isMoved).map(toBusy)
}

const toBusy = ({ eventId, start, end }: OwnEvent): BusyEvent => ({ eventId, start, end })
