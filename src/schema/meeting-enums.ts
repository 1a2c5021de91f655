// The enums of meetings.
import { builder } from './builder.ts'
import { MORE_VALUES } from './texts.ts'

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
    DIALOGUE: { description: 'The visitor booked it in a dialogue, before an agent was asked for.' },
    LIVE_CHAT: { description: 'It was booked in a live chat before the conversation was over.' },
    FALLBACK: {
      description: 'It was booked after a live chat was over, for example because no agent was available.',
    },
  },
})

export const MeetingChangeKindRef = builder.enumType('MeetingChangeKind', {
  description: `What changed in a meeting. ${MORE_VALUES}`,
  values: {
    BOOKED: { description: 'The meeting was booked.' },
    RESCHEDULED: { description: 'The meeting was moved to another time.' },
    CANCELLED: { description: 'The meeting was cancelled.' },
    REASSIGNED: { description: 'The meeting was given to another agent.' },
    CALENDAR_CHANGED: {
      description:
        'The agent moved, lengthened, shortened, deleted or declined the meeting in the calendar. If only its length changed, `previousStartsAt` is null, and `endsAt` differs from that of the entry before.',
    },
    OUTCOME_RECORDED: { description: 'The outcome was recorded: see `outcome`.' },
    ATTENDEE_CHANGED: {
      description:
        'The e-mail address of the visitor or of the agent changed, and the invitation moved to the new one; or the person was erased (`PERSON_ERASED`).',
    },
  },
})

export const ActorKindRef = builder.enumType('ActorKind', {
  description: `Who did something. ${MORE_VALUES}`,
  values: {
    VISITOR: { description: 'The visitor, on the website or by the link in the mail.' },
    AGENT: { description: 'An agent, through this API.' },
    CALENDAR: { description: 'An agent, in the calendar at the provider.' },
    SWITCHBOARD: { description: 'Switchboard, by itself: the reason says why.' },
  },
})

export const MeetingChangeReasonRef = builder.enumType('MeetingChangeReason', {
  description: `Why a meeting was changed, if no person gave the reason. ${MORE_VALUES}`,
  values: {
    EVENT_DELETED: { description: 'The agent deleted the event in the calendar; the meeting is cancelled.' },
    EVENT_DECLINED: {
      description: 'The agent declined the event in the calendar; the meeting is cancelled.',
    },
    EVENT_MOVED: { description: 'The agent moved the event in the calendar, or changed its length.' },
    EVENT_MOVED_ONTO_MEETING: {
      description:
        'The agent moved the event in the calendar, to a time at which the agent has another meeting.',
    },
    VISITOR_TAKEN_OFF_EVENT: { description: 'The agent took the visitor off the event in the calendar.' },
    AGENT_REMOVED: {
      description: 'The agent of the meeting was removed: see `MeetingsOfRemovedAgent`.',
    },
    VISITOR_EMAIL_CHANGED: { description: "The visitor's e-mail address changed." },
    AGENT_EMAIL_CHANGED: { description: "The agent's e-mail address changed." },
    PERSON_ERASED: { description: 'The person of the meeting was erased: see `erasePerson`.' },
  },
})
