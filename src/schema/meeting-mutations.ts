// What is done to meetings.
import { ConflictError, NoAgentAvailableError, NotFoundError, SlotUnavailableError } from '../errors.ts'
import { bookMeeting } from '../services/booking/meetings/book-meeting.ts'
import { cancelMeeting } from '../services/booking/meetings/cancel-meeting.ts'
import { reassignMeeting } from '../services/booking/meetings/reassign-meeting.ts'
import { recordMeetingOutcome } from '../services/booking/meetings/record-meeting-outcome.ts'
import { rescheduleMeeting } from '../services/booking/meetings/reschedule-meeting.ts'
import { builder } from './builder.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { MeetingRef } from './meeting.ts'
import { MeetingOutcomeRef } from './meeting-enums.ts'
import { PersonInput } from './person.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'

const IDEMPOTENCY_KEY =
  'A repeat with the same key and input answers the first outcome, for 7 days. At most 200 characters.'
const MANAGE_TOKEN = "The token of the link in the visitor's mail; needs no other sign-in."
const REASON = 'For the other side to read. At most 1000 characters.'

const BookMeetingInput = builder.inputType('BookMeetingInput', {
  description: 'A meeting to book: either `holdId`, or `target` and `startsAt`.',
  fields: (t) => ({
    target: t.field({ type: RoutingTargetInput, description: 'Whom to meet.' }),
    startsAt: t.field({ type: 'DateTime', description: 'The start of an offered slot.' }),
    endsAt: t.field({
      type: 'DateTime',
      description:
        'The end of the offered slot. Needed only where slots of different length begin at the same time; left out: the next agent takes it, for as long as that agent meets.',
    }),
    holdId: t.id({ description: 'A hold of your own.' }),
    conversationId: t.id({
      description:
        "The live chat it is booked in, or after, for its visitor and its agent: both are told in the chat, and the meeting is one of its `meetings`. An agent can leave out `person` then, if the e-mail of the chat's person is known.",
    }),
    timeZone: t.field({
      type: 'TimeZone',
      required: true,
      description: "The visitor's zone, for the mails.",
    }),
    person: t.field({
      type: PersonInput,
      description: 'Who the meeting is with. Needed with its e-mail unless the visitor is known.',
    }),
    agenda: t.string({ description: 'What it is to be about. At most 2000 characters.' }),
    pageUrl: t.field({ type: 'URL', description: 'The page of the website it is booked on.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('bookMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Books a meeting with the agent whose turn it is. Both sides get a mail with an invitation. For visitors; for staff with MANAGE_MY_MEETINGS in their own calendar, else with MANAGE_ALL_MEETINGS.',
    errors: { types: [NotFoundError, ConflictError, SlotUnavailableError, NoAgentAvailableError] },
    args: { input: t.arg({ type: BookMeetingInput, required: true, description: 'The meeting.' }) },
    resolve: (_root, { input }, context) =>
      bookMeeting(context, {
        ...input,
        target: input.target ? toTarget(input.target) : null,
        holdId: fromOptionalGlobalId('SlotHold', { id: input.holdId, field: 'holdId' }),
        conversationId: fromOptionalGlobalId('Conversation', {
          id: input.conversationId,
          field: 'conversationId',
        }),
      }),
  }),
)

const RescheduleMeetingInput = builder.inputType('RescheduleMeetingInput', {
  description: 'A new time for a meeting, named by `meetingId` or by `manageToken`.',
  fields: (t) => ({
    meetingId: t.id({ description: 'The meeting.' }),
    manageToken: t.string({ description: MANAGE_TOKEN }),
    startsAt: t.field({
      type: 'DateTime',
      required: true,
      description: "The start of one of the agent's slots.",
    }),
    reason: t.string({ description: REASON }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('rescheduleMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Moves a meeting to another time of the same agent. Both sides get a mail. For whoever sees the meeting, or has its link.',
    errors: { types: [NotFoundError, ConflictError, SlotUnavailableError, NoAgentAvailableError] },
    args: { input: t.arg({ type: RescheduleMeetingInput, required: true, description: 'Which, and when.' }) },
    resolve: (_root, { input }, context) =>
      rescheduleMeeting(context, {
        ...input,
        meetingId: fromOptionalGlobalId('Meeting', { id: input.meetingId, field: 'meetingId' }),
      }),
  }),
)

const CancelMeetingInput = builder.inputType('CancelMeetingInput', {
  description: 'A meeting to call off, named by `meetingId` or by `manageToken`.',
  fields: (t) => ({
    meetingId: t.id({ description: 'The meeting.' }),
    manageToken: t.string({ description: MANAGE_TOKEN }),
    reason: t.string({ description: REASON }),
  }),
})

builder.mutationField('cancelMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Calls a meeting off and frees its time at once. Both sides get a mail. A repeat changes nothing. For whoever sees the meeting, or has its link.',
    errors: { types: [NotFoundError, ConflictError] },
    args: { input: t.arg({ type: CancelMeetingInput, required: true, description: 'Which, and why.' }) },
    resolve: (_root, { input }, context) =>
      cancelMeeting(context, {
        ...input,
        meetingId: fromOptionalGlobalId('Meeting', { id: input.meetingId, field: 'meetingId' }),
      }),
  }),
)

const ReassignMeetingInput = builder.inputType('ReassignMeetingInput', {
  description: 'A new agent for a meeting.',
  fields: (t) => ({
    meetingId: t.id({ required: true, description: 'The meeting.' }),
    agentId: t.id({
      description: 'Who is to take it: anybody free at that time. Left out: the next of all agents who can.',
    }),
    reason: t.string({ description: REASON }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('reassignMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Gives a meeting to another agent at the same time. The visitor and both agents get a mail. Needs MANAGE_ALL_MEETINGS.',
    errors: { types: [NotFoundError, ConflictError, SlotUnavailableError, NoAgentAvailableError] },
    args: {
      input: t.arg({ type: ReassignMeetingInput, required: true, description: 'Which, and to whom.' }),
    },
    resolve: (_root, { input }, context) =>
      reassignMeeting(context, {
        ...input,
        meetingId: fromGlobalId('Meeting', { id: input.meetingId, field: 'meetingId' }),
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'agentId' }),
      }),
  }),
)

const RecordMeetingOutcomeInput = builder.inputType('RecordMeetingOutcomeInput', {
  description: 'What became of a meeting.',
  fields: (t) => ({
    meetingId: t.id({ required: true, description: 'A meeting that has begun.' }),
    outcome: t.field({ type: MeetingOutcomeRef, required: true, description: 'What became of it.' }),
  }),
})

builder.mutationField('recordMeetingOutcome', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Notes whether a meeting was held; it can be corrected. Needs MANAGE_MY_MEETINGS for the own meetings, else MANAGE_ALL_MEETINGS.',
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      input: t.arg({ type: RecordMeetingOutcomeInput, required: true, description: 'Which, and what.' }),
    },
    resolve: (_root, { input }, context) =>
      recordMeetingOutcome(context, {
        meetingId: fromGlobalId('Meeting', { id: input.meetingId, field: 'meetingId' }),
        outcome: input.outcome,
      }),
  }),
)
