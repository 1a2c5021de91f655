// Free slots, and holds on them.
import { NoAgentAvailableError, NotFoundError, SlotUnavailableError } from '../errors.ts'
import { holdSlot } from '../services/booking/reservations/hold-slot.ts'
import { releaseHold } from '../services/booking/reservations/release-hold.ts'
import { listSlots, type SlotCalendar, type SlotDay } from '../services/booking/slots/list-slots.ts'
import { openSlotFeed } from '../services/booking/slots/open-slot-feed.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { ErrorInterface } from './errors.ts'
import { fromGlobalId } from './global-id.ts'
import { LiveSource } from './live-source.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'

interface Slot {
  startsAt: Date
  endsAt: Date
  agents: number
  /** UUID of the one agent who takes it, when that is settled. */
  agentId: string | null
}

const SlotRef = builder.objectRef<Slot>('Slot').implement({
  description: 'A time that can be booked.',
  fields: (t) => ({
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'When the meeting begins.' }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'When it ends.' }),
    agents: t.exposeInt('agents', { description: 'How many agents could take it, at least 1.' }),
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description: 'Who takes it, when that is settled: the agent asked for, or the one whose turn it is.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        agentId === null ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
  }),
})

builder.objectType(SlotUnavailableError, {
  name: 'SlotUnavailableError',
  description:
    'The time asked for cannot be booked: taken, outside of the hours, too soon, too far ahead, over, or no slot begins then. The message says which.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'The time asked for.' }),
    alternatives: t.field({
      type: [SlotRef],
      description: 'Up to 5 free slots near it, in the order of time.',
      resolve: ({ alternatives }) => alternatives,
    }),
  }),
})

const SlotDayRef = builder.objectRef<SlotDay & { agentId: string | null }>('SlotDay').implement({
  description: 'The slots of one day.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The date in the time zone asked for.' }),
    slots: t.field({
      type: [SlotRef],
      description: 'In the order of time, at least one.',
      resolve: ({ slots, agentId }) =>
        slots.map(({ startsAt, endsAt, agents }) => ({
          startsAt: new Date(startsAt),
          endsAt: new Date(endsAt),
          agents,
          agentId,
        })),
    }),
  }),
})

const SlotCalendarRef = builder.objectRef<SlotCalendar>('SlotCalendar').implement({
  description: 'Free slots by day.',
  fields: (t) => ({
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: 'The zone that days are counted in.' }),
    days: t.field({
      type: [SlotDayRef],
      description: 'The days that have slots, in order.',
      resolve: ({ days, agentId }) => days.map((day) => ({ ...day, agentId })),
    }),
    nextAvailable: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'The first slot from `from` on, also when it comes after `to` (looked for one year ahead); null when there is none.',
      resolve: ({ nextAvailable }) => (nextAvailable === null ? null : new Date(nextAvailable)),
    }),
  }),
})

const slotArguments = builder.args((t) => ({
  target: t.field({ type: RoutingTargetInput, required: true, description: 'Whose slots.' }),
  from: t.field({
    type: 'DateTime',
    required: true,
    description: 'Slots that begin at this instant or later.',
  }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: 'Slots that begin before this instant. At most 62 days after `from`.',
  }),
  timeZone: t.field({
    type: 'TimeZone',
    required: true,
    description: "The visitor's zone. Slots are grouped by its days; the instants do not depend on it.",
  }),
}))

builder.queryField('slots', (t) =>
  t.field({
    type: SlotCalendarRef,
    description:
      'The slots that can be booked, of an agent, of a team, or of all agents. Every one of them can be booked until somebody else takes it. For everybody who is signed in, visitors included.',
    complexity: 50,
    args: slotArguments,
    resolve: (_root, { target, ...rest }, context) =>
      listSlots(context, { ...rest, target: toTarget(target) }),
  }),
)

builder.subscriptionField('slotsChanged', (t) =>
  t.field({
    type: SlotCalendarRef,
    description:
      'A date picker that stays open: the free slots at once, and again whenever they have changed, at most four times a second. For everybody who is signed in, visitors included.',
    complexity: 50,
    args: slotArguments,
    subscribe: async (_root, { target, ...rest }, context) =>
      new LiveSource({ slots: await openSlotFeed(context, { ...rest, target: toTarget(target) }) }),
    resolve: (calendar) => calendar as unknown as SlotCalendar,
  }),
)

export const SlotHoldRef = builder.prismaNode('Reservation', {
  name: 'SlotHold',
  id: { field: 'id', description: 'Global id.' },
  description: 'A slot that is kept for somebody who is about to book it. Seen by whoever holds it.',
  findUnique: (id) => ({ id }),
  fields: (t) => ({
    slot: t.field({
      type: SlotRef,
      description: 'The time. `agents` is 1.',
      select: { startsAt: true, endsAt: true, agentId: true },
      resolve: ({ startsAt, endsAt, agentId }) => ({ startsAt, endsAt, agents: 1, agentId }),
    }),
    agent: t.relation('agent', { description: 'Whose time it is.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When others can have the slot again: 5 minutes after it was held or held again.',
      select: { expiresAt: true },
      resolve: ({ expiresAt }) => expiresAt ?? new Date(0),
    }),
  }),
})

const HoldSlotInput = builder.inputType('HoldSlotInput', {
  description: 'A slot to keep.',
  fields: (t) => ({
    target: t.field({ type: RoutingTargetInput, required: true, description: 'Whose slot.' }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'The start of an offered slot.' }),
    endsAt: t.field({
      type: 'DateTime',
      description:
        'The end of the offered slot. Needed only where slots of different length begin at the same time; left out: the next agent takes it, for as long as that agent meets.',
    }),
  }),
})

builder.mutationField('holdSlot', (t) =>
  t.field({
    type: SlotHoldRef,
    description:
      'Keeps a slot for 5 minutes; others no longer see it. It counts as the turn of the agent it picks. Ends the holds one had before; asking again for the same time prolongs it. For visitors; for agents their own slots (MANAGE_MY_MEETINGS), and all with MANAGE_ALL_MEETINGS.',
    errors: { types: [NotFoundError, SlotUnavailableError, NoAgentAvailableError] },
    args: { input: t.arg({ type: HoldSlotInput, required: true, description: 'The slot.' }) },
    resolve: (_root, { input }, context) => holdSlot(context, { ...input, target: toTarget(input.target) }),
  }),
)

const ReleaseHoldInput = builder.inputType('ReleaseHoldInput', {
  description: 'A hold to give back.',
  fields: (t) => ({ holdId: t.id({ required: true, description: 'Id of a hold of your own.' }) }),
})

builder.mutationField('releaseHold', (t) =>
  t.prismaField({
    type: SlotHoldRef,
    description: 'Gives a held slot back at once. Answers the hold as it was. For whoever holds it.',
    errors: { types: [NotFoundError] },
    args: { input: t.arg({ type: ReleaseHoldInput, required: true, description: 'The hold.' }) },
    resolve: (query, _root, { input }, context) =>
      releaseHold(context, {
        holdId: fromGlobalId('SlotHold', { id: input.holdId, field: 'holdId' }),
        read: (tx, id) => tx.reservation.findUniqueOrThrow({ ...query, where: { id } }),
      }),
  }),
)
