// The hours of agents: for meetings and, separately, for live chat.
import { NotFoundError } from '../errors.ts'
import { MEETING_DEFAULTS, USUAL_HOURS_TEXT } from '../services/agents/create-agent.ts'
import { MAX_BLOCKS_A_DAY, MAX_OVERRIDES, MAX_WEEKLY_BLOCKS } from '../services/availability/hours-input.ts'
import { openHours } from '../services/availability/open-hours.ts'
import { MAX_RANGE_DAYS } from '../services/availability/range.ts'
import type { Block, DateOverride, WeeklyBlock } from '../services/availability/rules.ts'
import { toSchedule } from '../services/availability/schedule.ts'
import { MEETING_BOUNDS, setMeetingAvailability } from '../services/booking/slots/set-meeting-availability.ts'
import { setLiveChatAvailability } from '../services/chat/availability/set-live-chat-availability.ts'
import { formatCount } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { IntervalRef } from './shared.ts'
import { between, requiresOwnOrManaged, STAFF_TYPE } from './texts.ts'

const START = 'The first minute that is open, for example `09:00`.'
const END = 'The first minute that is no longer open, for example `17:00`. It must be after `start`.'
const TIME_ZONE = 'The time zone of the dates and times of day.'
const WEEKLY = 'The blocks of every week. They may overlap and adjoin.'
const WEEKLY_AT_FIRST = `${WEEKLY} For a new agent, ${USUAL_HOURS_TEXT}.`
const OVERRIDES = 'The hours of single dates, in place of the weekly blocks of those dates.'
const OVERRIDE_DATE = 'The date, in the time zone of the hours.'
const FROM = 'The first instant of the range.'
const TO = `The first instant after the range, at most ${MAX_RANGE_DAYS} days after \`from\`.`
const INTERVALS =
  'The open time within a range, in order. Adjoining and overlapping blocks are joined, and cut off at the ends of the range. Meetings are not subtracted.'
const DURATION = 'How long a meeting lasts, in minutes.'
const BUFFER = 'How many minutes are kept free between two meetings.'
const NOTICE = 'How many minutes before its start a meeting can be booked at the latest.'
const WINDOW =
  'How many days ahead a meeting can be booked, counted as dates in the time zone of the hours; 0 means today only.'
const STEP = 'How many minutes there are from the start of a slot to the start of the next.'

/** The services number weekdays as ISO 8601 does. */
const WEEKDAYS: Record<string, { value: number; description: string }> = {
  MONDAY: { value: 1, description: 'Monday.' },
  TUESDAY: { value: 2, description: 'Tuesday.' },
  WEDNESDAY: { value: 3, description: 'Wednesday.' },
  THURSDAY: { value: 4, description: 'Thursday.' },
  FRIDAY: { value: 5, description: 'Friday.' },
  SATURDAY: { value: 6, description: 'Saturday.' },
  SUNDAY: { value: 7, description: 'Sunday.' },
}

const WeekdayRef = builder.enumType('Weekday', { description: 'A day of the week.', values: WEEKDAYS })

const WeeklyBlockRef = builder.objectRef<WeeklyBlock>('WeeklyBlock').implement({
  description: 'A block: open time on one day of every week.',
  fields: (t) => ({
    weekday: t.expose('weekday', { type: WeekdayRef, description: 'The day of the week.' }),
    start: t.expose('start', { type: 'LocalTime', description: START }),
    end: t.expose('end', { type: 'LocalEndTime', description: END }),
  }),
})

const DayBlockRef = builder.objectRef<Block>('DayBlock').implement({
  description: 'A block: open time on a single date.',
  fields: (t) => ({
    start: t.expose('start', { type: 'LocalTime', description: START }),
    end: t.expose('end', { type: 'LocalEndTime', description: END }),
  }),
})

const DateOverrideRef = builder.objectRef<DateOverride>('DateOverride').implement({
  description: 'The hours of a single date, in place of the weekly ones.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: OVERRIDE_DATE }),
    blocks: t.field({
      type: [DayBlockRef],
      description: 'The open time on the date; empty if the agent is away all day.',
      resolve: ({ blocks }) => blocks,
    }),
  }),
})

export const MeetingAvailabilityRef = builder.prismaObject('MeetingAvailability', {
  description: `When an agent takes meetings, and how they can be booked. ${STAFF_TYPE}`,
  fields: (t) => ({
    agent: t.relation('agent', { description: 'The agent who takes the meetings.' }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: TIME_ZONE }),
    weekly: t.field({
      type: [WeeklyBlockRef],
      description: WEEKLY_AT_FIRST,
      resolve: (hours) => toSchedule(hours).weekly,
    }),
    overrides: t.field({
      type: [DateOverrideRef],
      description: OVERRIDES,
      resolve: (hours) => toSchedule(hours).overrides,
    }),
    durationMinutes: t.exposeInt('durationMinutes', { description: DURATION }),
    bufferMinutes: t.exposeInt('bufferMinutes', {
      description: BUFFER,
    }),
    minimumNoticeMinutes: t.exposeInt('minimumNoticeMinutes', {
      description: NOTICE,
    }),
    bookingWindowDays: t.exposeInt('bookingWindowDays', {
      description: WINDOW,
    }),
    slotStepMinutes: t.exposeInt('slotStepMinutes', {
      nullable: true,
      description: `${STEP} Null means the length of a meeting.`,
    }),
    intervals: t.field({
      type: [IntervalRef],
      description: INTERVALS,
      args: {
        from: t.arg({ type: 'DateTime', required: true, description: FROM }),
        to: t.arg({ type: 'DateTime', required: true, description: TO }),
      },
      resolve: (hours, range) => openHours(hours, range),
    }),
  }),
})

export const LiveChatAvailabilityRef = builder.prismaObject('LiveChatAvailability', {
  description: `When an agent takes live chats. ${STAFF_TYPE}`,
  fields: (t) => ({
    agent: t.relation('agent', { description: 'The agent who takes the live chats.' }),
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: TIME_ZONE }),
    weekly: t.field({
      type: [WeeklyBlockRef],
      description: WEEKLY_AT_FIRST,
      resolve: (hours) => toSchedule(hours).weekly,
    }),
    overrides: t.field({
      type: [DateOverrideRef],
      description: OVERRIDES,
      resolve: (hours) => toSchedule(hours).overrides,
    }),
    intervals: t.field({
      type: [IntervalRef],
      description: INTERVALS,
      args: {
        from: t.arg({ type: 'DateTime', required: true, description: FROM }),
        to: t.arg({ type: 'DateTime', required: true, description: TO }),
      },
      resolve: (hours, range) => openHours(hours, range),
    }),
  }),
})

const WeeklyBlockInput = builder.inputType('WeeklyBlockInput', {
  description: 'A block: open time on one day of every week.',
  fields: (t) => ({
    weekday: t.field({ type: WeekdayRef, required: true, description: 'The day of the week.' }),
    start: t.field({ type: 'LocalTime', required: true, description: START }),
    end: t.field({ type: 'LocalEndTime', required: true, description: END }),
  }),
})

const DayBlockInput = builder.inputType('DayBlockInput', {
  description: 'A block: open time on a single date.',
  fields: (t) => ({
    start: t.field({ type: 'LocalTime', required: true, description: START }),
    end: t.field({ type: 'LocalEndTime', required: true, description: END }),
  }),
})

const DateOverrideInput = builder.inputType('DateOverrideInput', {
  description: 'The hours of a single date, in place of the weekly ones. A date can occur only once.',
  fields: (t) => ({
    date: t.field({ type: 'Date', required: true, description: OVERRIDE_DATE }),
    blocks: t.field({
      type: [DayBlockInput],
      required: true,
      description: `The open time on the date, at most ${MAX_BLOCKS_A_DAY} blocks; empty if the agent is away all day.`,
    }),
  }),
})

const AGENT_ID = 'The agent whose hours to replace. Defaults to the viewer.'
const WEEKLY_INPUT = `${WEEKLY} At most ${MAX_WEEKLY_BLOCKS}; if empty, only the overrides are open, and without overrides the agent is ineligible with the reason \`NO_HOURS\`.`
const OVERRIDES_INPUT = `${OVERRIDES} At most ${MAX_OVERRIDES}. If omitted, the present ones stay; if empty, there are none.`

const SetMeetingAvailabilityInput = builder.inputType('SetMeetingAvailabilityInput', {
  description: 'The hours for meetings. Numbers that are omitted keep their value.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    timeZone: t.field({ type: 'TimeZone', required: true, description: TIME_ZONE }),
    weekly: t.field({ type: [WeeklyBlockInput], required: true, description: WEEKLY_INPUT }),
    overrides: t.field({ type: [DateOverrideInput], description: OVERRIDES_INPUT }),
    durationMinutes: t.int({
      description: `${DURATION} ${between(MEETING_BOUNDS.durationMinutes)}; initially ${MEETING_DEFAULTS.durationMinutes}.`,
    }),
    bufferMinutes: t.int({
      description: `${BUFFER} ${between(MEETING_BOUNDS.bufferMinutes)}; initially ${MEETING_DEFAULTS.bufferMinutes}.`,
    }),
    minimumNoticeMinutes: t.int({
      description: `${NOTICE} ${between(MEETING_BOUNDS.minimumNoticeMinutes)}; initially ${formatCount(MEETING_DEFAULTS.minimumNoticeMinutes)}.`,
    }),
    bookingWindowDays: t.int({
      description: `${WINDOW} ${between(MEETING_BOUNDS.bookingWindowDays)}; initially ${MEETING_DEFAULTS.bookingWindowDays}.`,
    }),
    slotStepMinutes: t.int({
      description: `${STEP} ${between(MEETING_BOUNDS.slotStepMinutes)}. Null means the length of a meeting.`,
    }),
  }),
})

builder.mutationField('setMeetingAvailability', (t) =>
  t.field({
    type: MeetingAvailabilityRef,
    description: `Replaces the hours for meetings. Booked meetings stay. ${requiresOwnOrManaged('MANAGE_MEETING_AVAILABILITY')}`,
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: SetMeetingAvailabilityInput, required: true, description: 'The hours.' }),
    },
    resolve: (_root, { input }, context) =>
      setMeetingAvailability(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const SetLiveChatAvailabilityInput = builder.inputType('SetLiveChatAvailabilityInput', {
  description: 'The hours for live chat.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    timeZone: t.field({ type: 'TimeZone', required: true, description: TIME_ZONE }),
    weekly: t.field({ type: [WeeklyBlockInput], required: true, description: WEEKLY_INPUT }),
    overrides: t.field({ type: [DateOverrideInput], description: OVERRIDES_INPUT }),
  }),
})

builder.mutationField('setLiveChatAvailability', (t) =>
  t.field({
    type: LiveChatAvailabilityRef,
    description: `Replaces the hours for live chat. The hours for meetings stay. ${requiresOwnOrManaged('MANAGE_LIVE_CHAT_AVAILABILITY')}`,
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: SetLiveChatAvailabilityInput, required: true, description: 'The hours.' }),
    },
    resolve: (_root, { input }, context) =>
      setLiveChatAvailability(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)
