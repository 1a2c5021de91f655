// The states and kinds of meetings.
import { builder } from './builder.ts'

export const MeetingStatusRef = builder.enumType('MeetingStatus', {
  description: 'Where a meeting stands. Whether it is over, the field `past` says.',
  values: {
    SCHEDULED: { description: 'As it was booked.' },
    RESCHEDULED: { description: 'Moved to another time at least once. It stands.' },
    CANCELLED: { description: 'It does not take place. Its time is free again.' },
  },
})

export const MeetingOutcomeRef = builder.enumType('MeetingOutcome', {
  description: 'What became of a meeting.',
  values: {
    HELD: { description: 'It took place.' },
    NO_SHOW: { description: 'The visitor did not come.' },
  },
})

export const CalendarSyncRef = builder.enumType('CalendarSync', {
  description: "Whether the agent's calendar shows the meeting as it is.",
  values: {
    PENDING: { description: 'To be written in a moment.' },
    WRITTEN: { description: 'It does.' },
    FAILED: { description: 'It could not be written. The meeting stands all the same.' },
  },
})

export const MeetingSourceRef = builder.enumType('MeetingSource', {
  description: 'Where a meeting was booked.',
  values: {
    API: { description: 'Through this API, by the website or a colleague.' },
    DIALOGUE: { description: 'In a dialogue.' },
    LIVE_CHAT: { description: 'In a live chat, as long as it was not over.' },
    FALLBACK: { description: 'From a live chat that was over, for example because nobody was there.' },
  },
})

export const MeetingChangeKindRef = builder.enumType('MeetingChangeKind', {
  description: 'What happened to a meeting.',
  values: {
    BOOKED: { description: 'It was made.' },
    RESCHEDULED: { description: 'It was moved to another time.' },
    CANCELLED: { description: 'It was called off.' },
    REASSIGNED: { description: 'Another agent took it over.' },
    CALENDAR_CHANGED: { description: "It was moved or deleted in the agent's calendar." },
    OUTCOME_SET: { description: 'Its outcome was noted.' },
  },
})
