// Bounds how much of the calendars visitors can hold: one client address a number of slots, and all of them together so
// many of an agent's day that others can still be booked.
import type { Transaction } from '../../../database/open.ts'
import { QuotaExceededError } from '../../../errors.ts'
import { localDateAt } from '../../availability/rules.ts'
import type { MeetingCandidate } from '../slots/meeting-candidates.ts'

/** Requires the lock of the address (see `lockCallers`).
 * @param hold.caller one or several callers whose holds do not count: a further one ends them
 * @throws QuotaExceededError */
export async function requireRoomForHold(
  tx: Transaction,
  { address, caller, limit, now }: { address: string; caller: string | string[]; limit: number; now: Date },
): Promise<void> {
  const holds = await tx.reservation.findMany({
    where: { holderAddress: address, holder: { notIn: [caller].flat() }, expiresAt: { gt: now } },
    select: { expiresAt: true },
    orderBy: { expiresAt: 'asc' },
  })
  const resetsAt = holds.at(-limit)?.expiresAt ?? null
  if (resetsAt === null) return
  const message = `At most ${limit} slots are held from one client address at a time.`
  throw new QuotaExceededError(message, { limit, resetsAt })
}

/** @returns when the holds on the agent's day of an instant leave room for another one; null if they do now */
export function dayHeldUntil(
  { held, calendar }: MeetingCandidate,
  { startsAt, limit }: { startsAt: Date; limit: number },
): Date | null {
  const { timeZone } = calendar.schedule
  const day = localDateAt(timeZone, startsAt.getTime())
  const ends = held.filter((hold) => localDateAt(timeZone, hold.startsAt.getTime()) === day)
  const sorted = ends.map(({ expiresAt }) => expiresAt).sort((one, other) => one.getTime() - other.getTime())
  return sorted.at(-limit) ?? null
}

/** @param which.holders whose holds do not count: a further one ends them
 * @returns whether so many slots of the agent's day of an instant are held. Requires the lock of the agent's calendar */
export async function isDayHeld(
  tx: Transaction,
  which: { agentId: string; startsAt: Date; holders: string[]; limit: number; now: Date },
): Promise<boolean> {
  const { agentId, startsAt, holders, limit, now } = which
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Reservation" r JOIN "MeetingAvailability" a USING ("agentId")
    WHERE r."agentId" = ${agentId}::uuid AND r."expiresAt" > ${now}::timestamptz
      AND r."holder" LIKE 'visitor:%' AND r."holder" <> ALL (${holders}::text[])
      AND (r."startsAt" AT TIME ZONE a."timeZone")::date = (${startsAt}::timestamptz AT TIME ZONE a."timeZone")::date`
  return (row?.count ?? 0) >= limit
}

/** @param heldUntil of each agent who would be free, see `dayHeldUntil` */
export function dayHeld(heldUntil: Date[], limit: number): QuotaExceededError {
  const resetsAt = new Date(Math.min(...heldUntil.map((until) => until.getTime())))
  const message = `At most ${limit} slots of one day of an agent are held at a time. The slot can be booked without a hold.`
  return new QuotaExceededError(message, { limit, resetsAt })
}
