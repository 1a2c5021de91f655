// Keeps a slot for the caller while a form is being filled in. It counts as the agent's turn.
import { z } from 'zod'
import type { Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf } from '../../identity/viewer.ts'
import { instant, parseInput } from '../../input.ts'
import { targetInput } from '../../routing/target-input.ts'
import { MINUTE } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'
import { answerRefusals } from './refusal.ts'
import { requireBooker } from './require-booker.ts'
import { takeHold } from './take-hold.ts'
import { type SlotRequest, takeSlot } from './take-slot.ts'

export const HOLD_LASTS_MS = 5 * MINUTE

const holdSlotInput = z.object({ target: targetInput, startsAt: instant, endsAt: instant.nullish() })

/** @returns the hold. Asking again for the time one holds already prolongs that hold.
 * @throws ForbiddenError as in `requireBooker`
 * @throws InvalidInputError, NotFoundError, SlotUnavailableError, NoAgentAvailableError */
export async function holdSlot(
  context: RequestContext,
  raw: z.input<typeof holdSlotInput>,
): Promise<Reservation> {
  const viewer = requireBooker(context.viewer, raw.target.agentId ?? null)
  const { endsAt = null, ...slot } = parseInput(holdSlotInput, raw)
  const now = context.clock.now()
  const expiresAt = new Date(now.getTime() + HOLD_LASTS_MS)
  const { workspaceId } = viewer
  const request = { ...slot, endsAt, workspaceId, caller: callerOf(viewer), now, expiresAt, checks: null }
  return answerRefusals(context, () =>
    runTransaction(context, async (tx) => (await prolong(tx, request)) ?? hold(tx, request)),
  )
}

async function hold(tx: Transaction, request: SlotRequest): Promise<Reservation> {
  const held = await takeSlot(tx, request)
  const events = [newEvent.routingChanged({ kind: 'MEETING' })]
  await appendEvents(tx, { workspaceId: request.workspaceId, at: request.now, events })
  return held
}

/** @returns null when the caller does not hold that slot */
async function prolong(tx: Transaction, request: SlotRequest): Promise<Reservation | null> {
  const { workspaceId, caller, startsAt, endsAt, now, expiresAt, target } = request
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
  const { id } = await takeHold(tx, { workspaceId, holdId: own.id, caller, now, checks: null })
  return tx.reservation.update({ where: { id }, data: { expiresAt } })
}
