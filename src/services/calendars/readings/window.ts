// Of which time the calendar of an agent is read: all that can be booked, and the meetings that stand.
import type { Database } from '../../../database/open.ts'
import { DAY, type Interval } from '../../time.ts'

/** Before now: an event that is under way counts, and so does the buffer after one that is just over. */
const BEFORE_MS = DAY
/** The last date that can be booked ends somewhere else than here, and a meeting may end after it, with its buffer. */
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
