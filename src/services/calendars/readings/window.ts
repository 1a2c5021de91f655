// Decides which window of an agent's calendar is read: all bookable time, and the meetings that stand.
import type { Database } from '../../../database/open.ts'
import { DAY, type Interval } from '../../time.ts'

/** Before now, for a running event and for the buffer after one that has just ended. */
const BEFORE_MS = DAY
/** After the last bookable date, which ends at another instant in another zone, for a meeting that ends later, and for
 * its buffer. */
const AFTER_MS = 3 * DAY

export async function readWindow(
  database: Database,
  { agentId, now }: { agentId: string; now: Date },
): Promise<Interval> {
  const [row] = await database.$queryRaw<{ days: number; last: Date | null }[]>`
    SELECT m."bookingWindowDays" AS "days", (
      SELECT max("endsAt") FROM "Reservation" r WHERE r."agentId" = m."agentId" AND r."meetingId" IS NOT NULL
    ) AS "last"
    FROM "MeetingAvailability" m WHERE m."agentId" = ${agentId}::uuid`
  const bookable = now.getTime() + (row?.days ?? 0) * DAY
  return {
    start: now.getTime() - BEFORE_MS,
    end: Math.max(bookable, row?.last?.getTime() ?? 0) + AFTER_MS,
  }
}
