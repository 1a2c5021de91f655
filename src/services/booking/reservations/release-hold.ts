import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { visibleHolds } from './visible-holds.ts'

/** Ends a hold, so that its slot is free at once.
 * @param hold.read reads the answer while the hold still exists
 * @returns the answer
 * @throws NotFoundError when the caller has no such hold or it has ended */
export async function releaseHold<Answer>(
  context: RequestContext,
  { holdId, read }: { holdId: string; read: (tx: Transaction, holdId: string) => Promise<Answer> },
): Promise<Answer> {
  requireSignedIn(context.viewer)
  return runTransaction(context, async (tx) => {
    const hold = await tx.reservation.findFirst({ where: { AND: [visibleHolds(context), { id: holdId }] } })
    if (hold === null) throw new NotFoundError('input.holdId')
    const answer = await read(tx, hold.id)
    noteLocks(tx, 'reservation', [hold.id])
    await tx.reservation.deleteMany({ where: { id: hold.id, meetingId: null } })
    const events = [newEvent.slotsReleased(hold)]
    await appendEvents(tx, { workspaceId: hold.workspaceId, at: context.clock.now(), events })
    return answer
  })
}
