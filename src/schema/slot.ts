// Free slots, and why a slot cannot be booked.
import type { InputShapeFromFields } from '@pothos/core'
import { SlotUnavailableError } from '../errors.ts'
import { MAX_RANGE_DAYS } from '../services/availability/range.ts'
import { MAX_ALTERNATIVES } from '../services/booking/reservations/refusal.ts'
import {
  LOOK_AHEAD_MS,
  listSlots,
  type SlotCalendar,
  type SlotDay,
  type SlotsArguments,
} from '../services/booking/slots/list-slots.ts'
import { openSlotFeed } from '../services/booking/slots/open-slot-feed.ts'
import { COALESCE_MS } from '../services/booking/slots/slot-feed.ts'
import { SECOND } from '../services/time.ts'
import { formatDuration } from '../services/wording.ts'
import { AgentRef } from './agent.ts'
import { builder } from './builder.ts'
import { ConflictReasonRef, ErrorInterface } from './errors.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { LiveSource } from './live-source.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'
import { ANY_TOKEN, BUDGETED_READ } from './texts.ts'

interface Slot {
  startsAt: Date
  endsAt: Date
  agentCount: number
  /** The UUID of the agent who would take it, if that is settled. */
  agentId: string | null
}

export const SlotRef = builder.objectRef<Slot>('Slot').implement({
  description: 'A free slot: a time that can be booked.',
  fields: (t) => ({
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      description: 'The instant at which the meeting begins.',
    }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: 'The instant at which the meeting ends.' }),
    agentCount: t.exposeInt('agentCount', {
      description: 'How many agents could take the meeting; at least 1.',
    }),
    agent: t.prismaField({
      type: AgentRef,
      nullable: true,
      description:
        'The agent who would take the meeting, if that is settled: the requested agent, or the one whose turn it is with `NEXT_AGENT`. Null if any of several agents could.',
      resolve: (query, { agentId }, _arguments, { database }) =>
        agentId === null ? null : database.agent.findUniqueOrThrow({ ...query, where: { id: agentId } }),
    }),
  }),
})

builder.objectType(SlotUnavailableError, {
  name: 'SlotUnavailableError',
  description:
    'The requested slot cannot be booked, for example because somebody else was faster. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.field({
      type: ConflictReasonRef,
      description:
        'Why it cannot be booked: `TAKEN`, `OFF_GRID`, `OUTSIDE_HOURS`, `TOO_SOON`, `TOO_FAR`, `IN_PAST`, `CALENDAR_UNREACHABLE` or `HOLD_EXPIRED`. Of several agents, the reason is that of the agent who is closest to being bookable.',
      resolve: ({ reason }) => reason,
    }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: 'The requested start.' }),
    alternatives: t.field({
      type: [SlotRef],
      description: `Up to ${MAX_ALTERNATIVES} free slots near the requested start, earliest first.`,
      resolve: ({ alternatives }) => alternatives,
    }),
  }),
})

const SlotDayRef = builder.objectRef<SlotDay & { agentId: string | null }>('SlotDay').implement({
  description: 'The free slots of one day.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The date in the requested time zone.' }),
    slots: t.field({
      type: [SlotRef],
      description: 'The slots, earliest first; at least one.',
      resolve: ({ slots, agentId }) =>
        slots.map(({ startsAt, endsAt, agentCount }) => ({
          startsAt: new Date(startsAt),
          endsAt: new Date(endsAt),
          agentCount,
          agentId,
        })),
    }),
  }),
})

const SlotCalendarRef = builder.objectRef<SlotCalendar>('SlotCalendar').implement({
  description: 'Free slots, grouped by day.',
  fields: (t) => ({
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: 'The time zone of the days.' }),
    days: t.field({
      type: [SlotDayRef],
      description: 'The days that have free slots, earliest first.',
      resolve: ({ days, agentId }) => days.map((day) => ({ ...day, agentId })),
    }),
    nextAvailable: t.field({
      type: 'DateTime',
      nullable: true,
      description: `The start of the first free slot at or after \`from\`, even if it is after \`to\`; null if there is none within ${formatDuration(LOOK_AHEAD_MS)} after \`to\`.`,
      resolve: ({ nextAvailable }) => (nextAvailable === null ? null : new Date(nextAvailable)),
    }),
  }),
})

const slotArguments = builder.args((t) => ({
  target: t.field({
    type: RoutingTargetInput,
    description:
      'The agent or agents whose free slots to find. Required, except with `movingMeetingId` or `manageToken`, which it has no effect on.',
  }),
  movingMeetingId: t.id({
    description:
      "A meeting to move, which the viewer can see. The slots are then the times that `rescheduleMeeting` accepts for it: those of the meeting's agent, with its own time free. None if the meeting is cancelled or over.",
  }),
  manageToken: t.string({
    description: `In place of \`movingMeetingId\`: the token of the link in the visitor's mail, whose meeting is to be moved. No bearer token is needed with it. It can be the bearer token instead, with \`movingMeetingId\`.`,
  }),
  from: t.field({
    type: 'DateTime',
    required: true,
    description: 'The slots begin at this instant or later.',
  }),
  to: t.field({
    type: 'DateTime',
    required: true,
    description: `The slots begin before this instant, which is at most ${MAX_RANGE_DAYS} days after \`from\`.`,
  }),
  timeZone: t.field({
    type: 'TimeZone',
    required: true,
    description:
      "The visitor's time zone, by whose days the slots are grouped. The instants do not depend on it.",
  }),
}))

function toArguments({
  target,
  movingMeetingId,
  manageToken,
  ...rest
}: InputShapeFromFields<typeof slotArguments>): SlotsArguments {
  return {
    ...rest,
    target: target ? toTarget(target, 'target') : null,
    movingMeetingId: fromOptionalGlobalId('Meeting', {
      id: movingMeetingId,
      field: 'movingMeetingId',
    }),
    manageToken: manageToken ?? null,
  }
}

builder.queryField('slots', (t) =>
  t.field({
    type: SlotCalendarRef,
    description: `The free slots of an agent, of a team or of all agents. Each can be booked until another viewer books or holds it. ${ANY_TOKEN} With \`manageToken\` none is needed. ${BUDGETED_READ}`,
    complexity: 50,
    args: slotArguments,
    resolve: (_root, given, context) => listSlots(context, toArguments(given)),
  }),
)

builder.subscriptionField('slotsChanged', (t) =>
  t.field({
    type: SlotCalendarRef,
    description: `The free slots for a date picker that stays open: once at the start and again whenever they change, at most ${SECOND / COALESCE_MS} times a second. The range is widened to whole days of \`timeZone\`. ${ANY_TOKEN} With \`manageToken\` none is needed. ${BUDGETED_READ}`,
    complexity: 50,
    args: slotArguments,
    subscribe: async (_root, given, context) =>
      new LiveSource<SlotCalendar>({
        slots: await openSlotFeed(context, toArguments(given)),
      }),
    resolve: (calendar) => calendar,
  }),
)
