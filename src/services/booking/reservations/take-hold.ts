// Finds a hold of the caller, to book it or to prolong it.
import { Prisma, type Reservation } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendarOf } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { MINUTE } from '../../time.ts'
import { type Prechecks, refusalOf, requireChecked } from '../calendar-precheck.ts'
import { mayKeep, readCandidates } from '../slots/meeting-candidates.ts'
import { refuseHeldTime } from '../slots/rules.ts'
import { SlotRefused } from './refusal.ts'
import { type DroppedHold, type HeldPurpose, makeRoom } from './reserve.ts'

interface HoldRequest {
  workspaceId: string
  /** See `callerOf`. */
  caller: string
  now: Date
  /** null: without a precheck. */
  checks: Prechecks | null
}

/** Locks the calendar of a hold and checks that the agent and the calendar can still take it.
 * @returns the hold
 * @throws NotFoundError when the caller has no such hold
 * @throws SlotRefused as in `requireBookable` */
export async function findHold(
  tx: Transaction,
  { holdId, ...request }: HoldRequest & { holdId: string },
): Promise<Reservation> {
  const { workspaceId, caller: holder } = request
  const ofCaller = Prisma.sql`"workspaceId" = ${workspaceId}::uuid AND "holder" = ${holder}`
  await lockCalendarOf(
    tx,
    Prisma.sql`SELECT "agentId" FROM "Reservation" WHERE "id" = ${holdId}::uuid AND ${ofCaller}`,
  )
  const hold = await tx.reservation.findFirst({ where: { id: holdId, workspaceId, holder } })
  if (hold === null) throw new NotFoundError('input.slot.holdId')
  await requireBookable(tx, { ...request, hold })
  return hold
}

/** The time of a hold was decided when it was taken, with the agent's settings of that moment. Only what does not follow
 * from settings is checked again: who takes meetings, and what else is in the calendar. Requires the lock of the calendar.
 * @throws SlotRefused when the hold has expired, or the agent or the calendar can no longer take it */
export async function requireBookable(
  tx: Transaction,
  { hold, workspaceId, caller, now, checks }: HoldRequest & { hold: Reservation },
): Promise<void> {
  const { agentId, startsAt, endsAt, blockedUntil, expiresAt } = hold
  const refused = { workspaceId, target: { agentId }, startsAt, caller }
  if (expiresAt === null || expiresAt <= now) throw new SlotRefused('HOLD_EXPIRED', refused)
  const range = { start: startsAt.getTime(), end: endsAt.getTime() }
  const [candidate] = await readCandidates(tx, { workspaceId, agentIds: [agentId], range, now, caller })
  if (!candidate || !mayKeep(candidate)) throw new SlotRefused(null, refused)
  const bufferMinutes = (blockedUntil.getTime() - endsAt.getTime()) / MINUTE
  const refusal =
    refuseHeldTime(range, { busy: candidate.knownBusy, bufferMinutes, now: now.getTime() }) ??
    refusalOf(checks, agentId)
  if (refusal !== null) throw new SlotRefused(refusal, refused)
  const asHeld = { ...candidate, calendar: { ...candidate.calendar, bufferMinutes } }
  if (checks !== null) requireChecked(asHeld, { checks, meeting: { startsAt, endsAt } })
}

/** Turns the hold into the reservation of a meeting that exists.
 * @throws NotFoundError when the hold was released or dropped meanwhile */
export async function keepHold(
  tx: Transaction,
  { hold, meetingId }: { hold: Reservation; meetingId: string },
): Promise<void> {
  noteLocks(tx, 'reservation', [''])
  const { id, holder, decisionId } = hold
  const kept = await tx.$executeRaw`
    WITH decision AS (
      UPDATE "RoutingDecision" SET "meetingId" = ${meetingId}::uuid WHERE "id" = ${decisionId}::uuid
    )
    UPDATE "Reservation" SET "meetingId" = ${meetingId}::uuid, "holder" = NULL, "holderAddress" = NULL,
      "heldAt" = NULL, "expiresAt" = NULL
    WHERE "id" = ${id}::uuid AND "holder" = ${holder}`
  if (kept === 0) throw new NotFoundError('input.slot.holdId')
}

/** Turns the hold into the reservation of a booking that is to be confirmed.
 * @returns what was reserved for the same holder before
 * @throws NotFoundError when the hold was released or dropped meanwhile */
export async function reserveHold(
  tx: Transaction,
  { hold, reserving }: { hold: Reservation; reserving: Omit<HeldPurpose, 'address'> },
): Promise<DroppedHold[]> {
  const { holder, heldAt, expiresAt } = reserving
  const dropped = await makeRoom(tx, { time: hold, callers: [holder], now: heldAt })
  const { count } = await tx.reservation.updateMany({
    where: { id: hold.id, holder: hold.holder },
    data: { holder, heldAt, expiresAt },
  })
  if (count === 0) throw new NotFoundError('input.slot.holdId')
  return dropped
}
