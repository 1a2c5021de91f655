import type { Database } from '../../../database/open.ts'
import type { BusyEvent, CalendarReading, OwnEvent } from '../../ports/calendar-provider.ts'

/** The busy time of a calendar that no reservation here covers. It includes three kinds of our own events: those of
 * another installation, those of a meeting that the agent moved onto another one, and those that the agent restored
 * after the meeting was cancelled.
 * @param exceptMeetingId a meeting whose event is left out; default: none */
export async function readExternalBusyTime(
  database: Database,
  {
    agentId,
    reading: { busy, own },
    exceptMeetingId = null,
  }: { agentId: string; reading: CalendarReading; exceptMeetingId?: string | null },
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
  const foreign = own.filter(
    ({ meetingId, state }) => state === 'STANDS' && !isKnown.has(meetingId) && meetingId !== exceptMeetingId,
  )
  return [...busy, ...foreign.map(toBusy)]
}

/** Our events at another time than the reservation here, because the agent has just moved them. Those that wait to be
 * written are left out.
 * @param exceptMeetingId a meeting to leave out; null: none */
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
