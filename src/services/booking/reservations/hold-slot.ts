// Keeps a slot for the caller while the visitor fills in a form. A hold counts as the agent's turn.
import { z } from 'zod'
import type { Reservation } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendars, lockCallers } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ForbiddenError } from '../../../errors.ts'
import { clientKeyOf } from '../../budgets/client-key.ts'
import { notingRefusal } from '../../budgets/refuse.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireSignedIn } from '../../identity/viewer.ts'
import { instant, parseInput } from '../../input.ts'
import { findTarget } from '../../routing/list-bookables.ts'
import { askedTarget } from '../../routing/target-input.ts'
import { MINUTE } from '../../time.ts'
import { RestartTransaction, runTransaction } from '../../transaction.ts'
import { requireRoomForHold } from './hold-limits.ts'
import { answerRefusals } from './refusal.ts'
import { requireBooker } from './require-booker.ts'
import { requireBookable } from './take-hold.ts'
import { chooseSlot, type SlotRequest, type TakenSlot, takeSlot } from './take-slot.ts'

export const HOLD_LASTS_MS = 5 * MINUTE
/** A hold cannot be prolonged beyond this time after it was first taken. */
export const LONGEST_HOLD_MS = 15 * MINUTE

const holdSlotInput = z.object({ target: askedTarget, startsAt: instant, endsAt: instant.nullish() })

/** A call for a time that the caller already holds prolongs that hold, up to `LONGEST_HOLD_MS`.
 * @param read reads the answer in the same transaction, because another call of the caller can end the hold afterwards
 * @returns the answer
 * @throws ForbiddenError as in `requireBooker`, and for the holder of a meeting's link
 * @throws InvalidInputError, NotFoundError, SlotUnavailableError, NoAgentAvailableError, QuotaExceededError */
export async function holdSlot<Answer>(
  context: RequestContext,
  raw: z.input<typeof holdSlotInput>,
  read: (tx: Transaction, holdId: string) => Promise<Answer>,
): Promise<Answer> {
  const { workspaceId } = requireSignedIn(context.viewer)
  const named = { workspaceId, field: 'input.target' }
  const { endsAt = null, target: asked, ...slot } = parseInput(holdSlotInput, raw)
  const target = await findTarget(context.database, { ...named, target: asked })
  const viewer = requireBooker(context.viewer, 'agentId' in target ? target.agentId : null)
  if (viewer.kind === 'MEETING_LINK') {
    throw new ForbiddenError('The link of a meeting holds no slots: book one without a hold.')
  }
  await spendBudgets(context, { workspaceId, calls: ['holds'] })
  const now = context.clock.now()
  const caller = callerOf(viewer)
  const isVisitor = viewer.kind === 'VISITOR'
  const address = isVisitor ? clientKeyOf(context) : null
  const holdsPerDay = isVisitor ? context.settings.holds.perAgentDay : null
  const request = { ...slot, ...named, target, endsAt, caller, now, checks: null, holdsPerDay, address }
  // Outside of the transaction: another one that needs the time of an expired hold may have locked the hold while it
  // waits for a lock of this transaction.
  await context.database.reservation.deleteMany({ where: { holder: caller, expiresAt: { lte: now } } })
  return answerRefusals(context, () =>
    runTransaction(context, async (tx) => {
      await lockCallers(tx, [caller, ...(address === null ? [] : [`address ${address}`])])
      const prolonged = await prolong(tx, request)
      if (prolonged !== null) return read(tx, prolonged.id)
      const { reservation: held, dropped } = await hold(context, { tx, request })
      const answer = await read(tx, held.id)
      const turnTaken = newEvent.routingChanged({ kind: 'MEETING', agentIds: [held.agentId] })
      const events = [turnTaken, ...dropped.map(newEvent.slotsReleased)]
      await appendEvents(tx, { workspaceId, at: now, events })
      return answer
    }),
  )
}

interface HoldRequest extends SlotRequest {
  caller: string
  /** See `clientKeyOf`; null: it does not count. */
  address: string | null
}

function hold(
  context: RequestContext,
  { tx, request }: { tx: Transaction; request: HoldRequest },
): Promise<TakenSlot> {
  const { address, caller, now } = request
  return notingRefusal(context, async () => {
    const limit = context.settings.holds.perAddress
    if (address !== null) await requireRoomForHold(tx, { ...request, address, limit })
    const slot = await chooseSlot(tx, request)
    const expiresAt = expiryOf(now, { heldAt: now })
    return takeSlot(tx, { slot, purpose: { holder: caller, heldAt: now, expiresAt, address } })
  })
}

function expiryOf(now: Date, { heldAt }: { heldAt: Date }): Date {
  return new Date(Math.min(now.getTime() + HOLD_LASTS_MS, heldAt.getTime() + LONGEST_HOLD_MS))
}

/** @returns null when the caller does not hold that slot */
async function prolong(tx: Transaction, request: HoldRequest): Promise<Reservation | null> {
  const { caller, startsAt, endsAt, now, target } = request
  const own = await tx.reservation.findFirst({
    where: {
      holder: caller,
      startsAt,
      ...(endsAt ? { endsAt } : {}),
      expiresAt: { gt: now },
      ...('agentId' in target ? { agentId: target.agentId } : {}),
      ...('teamId' in target ? { agent: { teams: { some: { teamId: target.teamId } } } } : {}),
    },
  })
  if (own === null) return null
  await lockCalendars(tx, [own.agentId])
  noteLocks(tx, 'reservation', [own.id])
  // A node of the version before does not write it.
  const heldAt = own.heldAt ?? now
  const [prolonged] = await tx.reservation.updateManyAndReturn({
    where: { id: own.id, holder: caller },
    data: { heldAt, expiresAt: expiryOf(now, { heldAt }) },
  })
  // The hold was dropped meanwhile, together with the agent's calendar. Another agent may be free at this time.
  if (prolonged === undefined) throw new RestartTransaction()
  await requireBookable(tx, { ...request, hold: own })
  return prolonged
}
