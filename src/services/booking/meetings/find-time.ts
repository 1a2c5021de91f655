// Finds the time for a meeting, and leaves the calendar of its agent locked.
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { movePointer, type RoutingTarget, readPool } from '../../routing/pool.ts'
import { RestartTransaction } from '../../transaction.ts'
import type { Prechecks } from '../calendar-precheck.ts'
import { findHold, keepHold, reserveHold } from '../reservations/take-hold.ts'
import { chooseSlot, reserveSlot, type SlotRequest, takeSlot } from '../reservations/take-slot.ts'
import type { BookedTime, ReservableTime } from './new-meeting.ts'

interface TimeRequest {
  workspaceId: string
  /** See `callerOf`. */
  caller: string
  now: Date
  checks: Prechecks
}

/** A hold of the caller, which took its turn.
 * @throws NotFoundError, SlotRefused as in `findHold` */
export async function findHeldTime(
  tx: Transaction,
  request: TimeRequest & { holdId: string },
): Promise<ReservableTime> {
  const hold = await findHold(tx, request)
  return {
    ...hold,
    routedBy: null,
    tookTurn: false,
    target: null,
    keep: async (meetingId) => {
      await keepHold(tx, { hold, meetingId })
      return []
    },
    reserve: (reserving) => reserveHold(tx, { hold, reserving }),
  }
}

/** A free slot, whose turn is taken with the meeting.
 * @throws SlotRefused, NotFoundError as in `chooseSlot` */
export async function findFreeTime(
  tx: Transaction,
  request: Omit<SlotRequest, 'holdsPerDay'>,
): Promise<ReservableTime> {
  const slot = await chooseSlot(tx, { ...request, holdsPerDay: null })
  return {
    ...slot.time,
    decisionId: null,
    routedBy: slot.pool.label,
    tookTurn: true,
    target: request.target,
    keep: async (meetingId) => (await takeSlot(tx, { slot, purpose: { meetingId } })).dropped,
    reserve: async (reserving) => (await reserveSlot(tx, { slot, purpose: reserving })).dropped,
  }
}

/** What is reserved for a booking that is confirmed now.
 * @param request.target whose turn it takes; null: it took none
 * @throws SlotRefused as in `findHold`
 * @throws RestartTransaction when the reservation is gone */
export async function findReservedTime(
  tx: Transaction,
  request: TimeRequest & { holdId: string; target: RoutingTarget | null },
): Promise<BookedTime> {
  const { workspaceId, target, now } = request
  const pool = target && (await readPool(tx, { workspaceId, kind: 'MEETING', target, lock: true }))
  const hold = await findHold(tx, request).catch((error: unknown) => {
    throw error instanceof NotFoundError ? new RestartTransaction() : error
  })
  return {
    ...hold,
    routedBy: null,
    tookTurn: pool !== null,
    keep: async (meetingId) => {
      await keepHold(tx, { hold, meetingId })
      if (pool !== null) await movePointer(tx, { pool, agentId: hold.agentId, now })
      return []
    },
  }
}
