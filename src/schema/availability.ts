// When agents are there: the hours for meetings and, apart from them, for live chat.
import { NotFoundError } from '../errors.ts'
import { openHours } from '../services/availability/open-hours.ts'
import type { Block, DateOverride, WeeklyBlock } from '../services/availability/rules.ts'
import { toSchedule } from '../services/availability/schedule.ts'
import { setMeetingAvailability } from '../services/booking/slots/set-meeting-availability.ts'
import { setLiveChatAvailability } from '../services/chat/availability/set-live-chat-availability.ts'
import { builder } from './builder.ts'
import { fromOptionalGlobalId } from './global-id.ts'
import { IntervalRef } from './shared.ts'

const START = 'The first minute that is open.'
const END = 'The first minute that is not. After `start`; 24:00 is the end of the day.'
const TIME_ZONE = 'The zone in which dates and times of day are meant.'
const WEEKLY = 'What is open every week. Blocks may overlap and adjoin.'
const OVERRIDES = 'What is open on single dates, in place of the weekly blocks of those dates.'
const FROM = 'The first instant asked for.'
const TO = 'The first instant not asked for any more: after `from`, at most 62 days.'
const INTERVALS =
  'The open time within a range, as instants: joined, in order, cut off at its ends. Meetings are not taken out.'

/** Inside, days are counted as ISO 8601 does. */
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
  description: 'Open time on one day of every week.',
  fields: (t) => ({
    weekday: t.expose('weekday', { type: WeekdayRef, description: 'The day.' }),
    start: t.expose('start', { type: 'LocalTime', description: START }),
    end: t.expose('end', { type: 'LocalEndTime', description: END }),
  }),
})

const DayBlockRef = builder.objectRef<Block>('DayBlock').implement({
  description: 'Open time on a single date.',
  fields: (t) => ({
    start: t.expose('start', { type: 'LocalTime', description: START }),
    end: t.expose('end', { type: 'LocalEndTime', description: END }),
  }),
})

const DateOverrideRef = builder.objectRef<DateOverride>('DateOverride').implement({
  description: 'Other hours on a single date.',
  fields: (t) => ({
    date: t.expose('date', { type: 'Date', description: 'The date in the zone of the hours.' }),
    blocks: t.field({
      type: [DayBlockRef],
      description: 'What is open; none: away all day.',
      resolve: ({ blocks }) => blocks,
    }),
  }),
})

export const MeetingAvailabilityRef = builder.prismaObject('MeetingAvailability', {
  description: 'When an agent takes meetings, and on what terms. Staff only.',
  fields: (t) => ({
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: TIME_ZONE }),
    weekly: t.field({
      type: [WeeklyBlockRef],
      description: WEEKLY,
      resolve: (hours) => toSchedule(hours).weekly,
    }),
    overrides: t.field({
      type: [DateOverrideRef],
      description: OVERRIDES,
      resolve: (hours) => toSchedule(hours).overrides,
    }),
    durationMinutes: t.exposeInt('durationMinutes', { description: 'How long a meeting lasts, in minutes.' }),
    bufferMinutes: t.exposeInt('bufferMinutes', {
      description: 'How many minutes are kept free between two meetings.',
    }),
    minimumNoticeMinutes: t.exposeInt('minimumNoticeMinutes', {
      description: 'How many minutes before its start a meeting can be booked at the latest.',
    }),
    bookingWindowDays: t.exposeInt('bookingWindowDays', {
      description: "How many days ahead can be booked, counted in the agent's zone; 0: today only.",
    }),
    slotStepMinutes: t.exposeInt('slotStepMinutes', {
      nullable: true,
      description: 'How many minutes after a slot the next one begins; null: the duration.',
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
  description: 'When an agent takes live chats. Staff only.',
  fields: (t) => ({
    timeZone: t.expose('timeZone', { type: 'TimeZone', description: TIME_ZONE }),
    weekly: t.field({
      type: [WeeklyBlockRef],
      description: WEEKLY,
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
  description: 'Open time on one day of every week.',
  fields: (t) => ({
    weekday: t.field({ type: WeekdayRef, required: true, description: 'The day.' }),
    start: t.field({ type: 'LocalTime', required: true, description: START }),
    end: t.field({ type: 'LocalEndTime', required: true, description: END }),
  }),
})

const DayBlockInput = builder.inputType('DayBlockInput', {
  description: 'Open time on a single date.',
  fields: (t) => ({
    start: t.field({ type: 'LocalTime', required: true, description: START }),
    end: t.field({ type: 'LocalEndTime', required: true, description: END }),
  }),
})

const DateOverrideInput = builder.inputType('DateOverrideInput', {
  description: 'Other hours on a single date. Each date can be given once.',
  fields: (t) => ({
    date: t.field({ type: 'Date', required: true, description: 'The date in the zone of the hours.' }),
    blocks: t.field({
      type: [DayBlockInput],
      required: true,
      description: 'What is open, at most 50 blocks; none: away all day.',
    }),
  }),
})

const AGENT_ID = "Whose hours; left out: one's own."
const WEEKLY_INPUT = `${WEEKLY} At most 100; none: never open, but for the overrides.`
const OVERRIDES_INPUT = `${OVERRIDES} At most 400; left out: as they are, empty: none.`

const SetMeetingAvailabilityInput = builder.inputType('SetMeetingAvailabilityInput', {
  description: 'Hours for meetings. Numbers that are left out keep their value.',
  fields: (t) => ({
    agentId: t.id({ description: AGENT_ID }),
    timeZone: t.field({ type: 'TimeZone', required: true, description: TIME_ZONE }),
    weekly: t.field({ type: [WeeklyBlockInput], required: true, description: WEEKLY_INPUT }),
    overrides: t.field({ type: [DateOverrideInput], description: OVERRIDES_INPUT }),
    durationMinutes: t.int({ description: 'How long a meeting lasts, in minutes: 1 to 1440; at first 30.' }),
    bufferMinutes: t.int({
      description: 'How many minutes are kept free between two meetings: 0 to 1440; at first 0.',
    }),
    minimumNoticeMinutes: t.int({
      description:
        'How many minutes before its start a meeting can be booked at the latest: 0 to 525600; at first 1440.',
    }),
    bookingWindowDays: t.int({ description: 'How many days ahead can be booked: 0 to 730; at first 60.' }),
    slotStepMinutes: t.int({
      description:
        'How many minutes after a slot the next one begins: 1 to 1440. null: the duration; left out: as it is.',
    }),
  }),
})

builder.mutationField('setMeetingAvailability', (t) =>
  t.field({
    type: MeetingAvailabilityRef,
    description:
      'Replaces the hours for meetings. Meetings that are booked stay. Needs MANAGE_MEETING_AVAILABILITY, for a colleague MANAGE_AGENTS.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: SetMeetingAvailabilityInput, required: true, description: 'The hours.' }),
    },
    resolve: (_root, { input }, context) =>
      setMeetingAvailability(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)

const SetLiveChatAvailabilityInput = builder.inputType('SetLiveChatAvailabilityInput', {
  description: 'Hours for live chat.',
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
    description:
      'Replaces the hours for live chat; those for meetings stay. Needs MANAGE_LIVE_CHAT_AVAILABILITY, for a colleague MANAGE_AGENTS.',
    errors: { types: [NotFoundError] },
    args: {
      input: t.arg({ type: SetLiveChatAvailabilityInput, required: true, description: 'The hours.' }),
    },
    resolve: (_root, { input }, context) =>
      setLiveChatAvailability(context, {
        ...input,
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)
