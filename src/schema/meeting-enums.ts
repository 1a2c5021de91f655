// The enums of meetings.
import { builder } from './builder.ts'

export const MeetingStatusRef = builder.enumType('MeetingStatus', {
  description: 'The status of a meeting. `Meeting.past` says whether it is over.',
  values: {
    SCHEDULED: { description: 'The meeting takes place at the time for which it was booked.' },
    RESCHEDULED: { description: 'The meeting takes place, and was moved to another time at least once.' },
    CANCELLED: { description: 'The meeting does not take place. Its time is free again.' },
  },
})

export const MeetingOutcomeRef = builder.enumType('MeetingOutcome', {
  description: 'Whether a meeting took place.',
  values: {
    HELD: { description: 'The meeting took place.' },
    NO_SHOW: { description: 'The visitor did not come.' },
  },
})

export const CalendarSyncRef = builder.enumType('CalendarSync', {
  description: "Whether the agent's calendar shows the meeting in its present state.",
  values: {
    PENDING: { description: 'The calendar will be written in a moment.' },
    WRITTEN: { description: 'The calendar shows the present state.' },
    FAILED: { description: 'The calendar could not be written. The meeting takes place all the same.' },
  },
})

export const MeetingSourceRef = builder.enumType('MeetingSource', {
  description: 'Where a meeting was booked.',
  values: {
    API: { description: 'The website or staff booked it through this API.' },
    DIALOGUE: { description: 'The visitor booked it in a dialogue. Not used yet.' },
    LIVE_CHAT: { description: 'It was booked in a live chat before the conversation was over.' },
    FALLBACK: {
      description: 'It was booked after a live chat was over, for example because no agent was available.',
    },
  },
})

export const MeetingChangeKindRef = builder.enumType('MeetingChangeKind', {
  description: 'What changed in a meeting.',
  values: {
    BOOKED: { description: 'The meeting was booked.' },
    RESCHEDULED: { description: 'The meeting was moved to another time.' },
    CANCELLED: { description: 'The meeting was cancelled.' },
    REASSIGNED: { description: 'The meeting was given to another agent.' },
    CALENDAR_CHANGED: { description: 'The agent moved, deleted or declined the meeting in the calendar.' },
    OUTCOME_SET: { description: 'The outcome was recorded.' },
    ATTENDEE_CHANGED: {
      description:
        'The e-mail address of the visitor or of the agent changed, and the invitation moved to the new one.',
    },
  },
})
