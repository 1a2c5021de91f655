// Holds: slots that are kept for whoever is about to book them.
import { NoAgentAvailableError, NotFoundError, QuotaExceededError, SlotUnavailableError } from '../errors.ts'
import { HOLD_LASTS_MS, holdSlot, LONGEST_HOLD_MS } from '../services/booking/reservations/hold-slot.ts'
import { releaseHold } from '../services/booking/reservations/release-hold.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromGlobalId } from './global-id.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'
import { SlotRef } from './slot.ts'
import { BOOKER, BUDGETED, GLOBAL_ID, SLOT_END } from './texts.ts'

export const SlotHoldRef = builder.prismaNode('Reservation', {
  name: 'SlotHold',
  id: { field: 'id', description: GLOBAL_ID },
  description:
    'A hold: a slot that is kept for the viewer, who is about to book it. Visible to the viewer who holds it.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    slot: t.field({
      type: SlotRef,
      description: 'The slot that is held. Its `agentCount` is 1.',
      select: { startsAt: true, endsAt: true, agentId: true },
      resolve: ({ startsAt, endsAt, agentId }) => ({ startsAt, endsAt, agentCount: 1, agentId }),
    }),
    agent: t.relation('agent', { description: 'The agent whose slot is held.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: `The instant at which the hold ends: ${formatDuration(HOLD_LASTS_MS)} after the slot was last held, and at most ${formatDuration(LONGEST_HOLD_MS)} after it was first held.`,
      select: { expiresAt: true },
      resolve: ({ expiresAt }) => expiresAt ?? new Date(0),
    }),
  }),
})

const HoldSlotInput = builder.inputType('HoldSlotInput', {
  description: 'A slot to hold.',
  fields: (t) => ({
    target: t.field({
      type: RoutingTargetInput,
      required: true,
      description: 'The agent or agents whose slot to hold.',
    }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'The start of a free slot.' }),
    endsAt: t.field({
      type: 'DateTime',
      description: SLOT_END,
    }),
  }),
})

builder.mutationField('holdSlot', (t) =>
  t.prismaField({
    type: SlotHoldRef,
    description: `Holds a slot for ${formatDuration(HOLD_LASTS_MS)}, so that other viewers cannot book it. The hold takes the turn of its agent, and ends the viewer's earlier holds; a repeated call for the same slot extends the hold, up to ${formatDuration(LONGEST_HOLD_MS)} in all. A hold can be booked as it is, even if the hours or other settings of its agent are changed meanwhile. ${BOOKER} ${BUDGETED}`,
    errors: { types: [NotFoundError, SlotUnavailableError, NoAgentAvailableError, QuotaExceededError] },
    args: { input: t.arg({ type: HoldSlotInput, required: true, description: 'The slot to hold.' }) },
    resolve: (query, _root, { input }, context) =>
      holdSlot(context, { ...input, target: toTarget(input.target) }, (tx, id) =>
        tx.reservation.findUniqueOrThrow({ ...query, where: { id } }),
      ),
  }),
)

const ReleaseHoldInput = builder.inputType('ReleaseHoldInput', {
  description: 'A hold to release.',
  fields: (t) => ({ holdId: t.id({ required: true, description: 'A hold of the viewer.' }) }),
})

builder.mutationField('releaseHold', (t) =>
  t.prismaField({
    type: SlotHoldRef,
    description:
      'Releases a hold, so that its slot is free at once, and returns the hold as it was. Available only to the viewer who holds the slot.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: ReleaseHoldInput, required: true, description: 'The hold to release.' }) },
    resolve: (query, _root, { input }, context) =>
      releaseHold(context, {
        holdId: fromGlobalId('SlotHold', { id: input.holdId, field: 'input.holdId' }),
        read: (tx, id) => tx.reservation.findUniqueOrThrow({ ...query, where: { id } }),
      }),
  }),
)
