// The mutations of meetings.
import {
  ConflictError,
  NoAgentAvailableError,
  NotFoundError,
  QuotaExceededError,
  SlotUnavailableError,
} from '../errors.ts'
import { bookMeeting, isRequest, MAX_AGENDA_LENGTH } from '../services/booking/meetings/book-meeting.ts'
import { cancelMeeting, MAX_REASON_LENGTH } from '../services/booking/meetings/cancel-meeting.ts'
import type { MeetingReference } from '../services/booking/meetings/changeable-meeting.ts'
import { reassignMeeting } from '../services/booking/meetings/reassign-meeting.ts'
import { recordMeetingOutcome } from '../services/booking/meetings/record-meeting-outcome.ts'
import { rescheduleMeeting } from '../services/booking/meetings/reschedule-meeting.ts'
import { VALID_AFTER_MEETING_MS } from '../services/identity/meeting-link.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import { fromGlobalId, fromOptionalGlobalId } from './global-id.ts'
import { MeetingRef } from './meeting.ts'
import { MeetingAwaitingConfirmation } from './meeting-awaiting-confirmation.ts'
import { MeetingOutcomeRef } from './meeting-enums.ts'
import { PersonInput } from './person.ts'
import { RoutingTargetInput, toTarget } from './routing-target.ts'
import { atMost, BOOKER, BUDGETED, IDEMPOTENCY_KEY, SLOT_END } from './texts.ts'

const MEETING_ID = 'The meeting.'
const MANAGE_TOKEN = `The token of the link in the visitor's mail, valid until ${formatDuration(VALID_AFTER_MEETING_MS)} after the end of the meeting as it stands, or until the invitation goes to another address. No bearer token is needed with it. It is also a bearer token itself, with which \`meetings\` lists the meeting.`
const CHANGERS = 'Available to viewers who see the meeting, and to the holder of its link.'
const REASON = `The reason, for both sides to read. ${atMost(MAX_REASON_LENGTH)}`

const FreeSlotInput = builder.inputType('FreeSlotInput', {
  description: 'A free slot, as `slots` returns it.',
  fields: (t) => ({
    target: t.field({
      type: RoutingTargetInput,
      required: true,
      description: 'The agent or agents to meet.',
    }),
    startsAt: t.field({ type: 'DateTime', required: true, description: 'The start of a free slot.' }),
    endsAt: t.field({ type: 'DateTime', description: SLOT_END }),
  }),
})

const SlotReference = builder.inputType('SlotReference', {
  description: 'The slot to book. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    holdId: t.id({ description: 'The slot that the viewer holds (`holdSlot`).' }),
    free: t.field({ type: FreeSlotInput, description: 'A slot that nobody holds.' }),
  }),
})

const BookMeetingInput = builder.inputType('BookMeetingInput', {
  description: 'A meeting to book.',
  fields: (t) => ({
    slot: t.field({ type: SlotReference, required: true, description: 'The slot to book.' }),
    conversationId: t.id({
      description:
        "The conversation during or after which the meeting is booked; available only to its visitor and its agent. Both are notified in the conversation, which lists the meeting in `meetings`. An agent can then omit `person` if the conversation's person has an e-mail address.",
    }),
    timeZone: t.field({
      type: 'TimeZone',
      required: true,
      description: "The visitor's time zone, for the times in mails.",
    }),
    person: t.field({
      type: PersonInput,
      description:
        "The person to meet. Its e-mail address is required unless the visitor has one already. Must be omitted by the holder of a meeting's link.",
    }),
    agenda: t.string({ description: `What the meeting is about. ${atMost(MAX_AGENDA_LENGTH)}` }),
    pageUrl: t.field({ type: 'URL', description: 'The address of the web page on which it is booked.' }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('bookMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description: `Books a meeting with the agent of the hold, or with the next eligible agent of the target. The visitor and the agent receive an invitation. If the workspace asks for it (\`meetingSettings.confirmation\`), an unverified visitor has to confirm the booking by mail first, and gets a \`MeetingAwaitingConfirmation\`. ${BOOKER} The holder of a meeting's link (\`manageToken\`, as the bearer token) can book another meeting for the same person once that one is cancelled or over. ${BUDGETED}`,
    errors: {
      types: [
        MeetingAwaitingConfirmation,
        NotFoundError,
        ConflictError,
        SlotUnavailableError,
        NoAgentAvailableError,
        QuotaExceededError,
      ],
    },
    args: { input: t.arg({ type: BookMeetingInput, required: true, description: 'The meeting to book.' }) },
    resolve: async (_root, { input }, context) => {
      const booked = await bookMeeting(context, {
        ...input,
        slot: toSlot(input.slot),
        conversationId: fromOptionalGlobalId('Conversation', {
          id: input.conversationId,
          field: 'input.conversationId',
        }),
      })
      if (isRequest(booked)) throw new MeetingAwaitingConfirmation(booked)
      return booked
    },
  }),
)

function toSlot({ holdId, free }: typeof SlotReference.$inferInput) {
  return {
    holdId: fromOptionalGlobalId('SlotHold', { id: holdId, field: 'input.slot.holdId' }),
    free: free && { ...free, target: toTarget(free.target, 'input.slot.free.target') },
  }
}

const MeetingReferenceInput = builder.inputType('MeetingReference', {
  description: 'A meeting. Give exactly one of the fields.',
  isOneOf: true,
  fields: (t) => ({
    meetingId: t.id({ description: MEETING_ID }),
    manageToken: t.string({ description: MANAGE_TOKEN }),
  }),
})

function toMeeting({ meetingId, manageToken }: typeof MeetingReferenceInput.$inferInput): MeetingReference {
  if (typeof manageToken === 'string') return { manageToken }
  return { meetingId: fromGlobalId('Meeting', { id: String(meetingId), field: 'input.meeting.meetingId' }) }
}

const RescheduleMeetingInput = builder.inputType('RescheduleMeetingInput', {
  description: 'A new time for a meeting.',
  fields: (t) => ({
    meeting: t.field({ type: MeetingReferenceInput, required: true, description: MEETING_ID }),
    startsAt: t.field({
      type: 'DateTime',
      required: true,
      description: "The start of a free slot of the meeting's agent.",
    }),
    reason: t.string({ description: REASON }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('rescheduleMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description: `Moves a meeting to another free slot of its agent. The visitor and the agent are notified by mail. ${CHANGERS} ${BUDGETED}`,
    errors: {
      types: [NotFoundError, ConflictError, SlotUnavailableError, NoAgentAvailableError, QuotaExceededError],
    },
    args: {
      input: t.arg({
        type: RescheduleMeetingInput,
        required: true,
        description: 'The meeting and its new time.',
      }),
    },
    resolve: (_root, { input }, context) =>
      rescheduleMeeting(context, { ...input, meeting: toMeeting(input.meeting) }),
  }),
)

const CancelMeetingInput = builder.inputType('CancelMeetingInput', {
  description: 'A meeting to cancel.',
  fields: (t) => ({
    meeting: t.field({ type: MeetingReferenceInput, required: true, description: MEETING_ID }),
    reason: t.string({ description: REASON }),
  }),
})

builder.mutationField('cancelMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description: `Cancels a meeting and frees its time at once. The visitor and the agent are notified by mail. A meeting that is already cancelled stays as it is. ${CHANGERS} ${BUDGETED}`,
    errors: { types: [NotFoundError, ConflictError, QuotaExceededError] },
    args: {
      input: t.arg({ type: CancelMeetingInput, required: true, description: 'The meeting to cancel.' }),
    },
    resolve: (_root, { input }, context) =>
      cancelMeeting(context, { ...input, meeting: toMeeting(input.meeting) }),
  }),
)

const ReassignMeetingInput = builder.inputType('ReassignMeetingInput', {
  description: 'A new agent for a meeting.',
  fields: (t) => ({
    meetingId: t.id({ required: true, description: MEETING_ID }),
    agentId: t.id({
      description:
        'The new agent, who must be free at that time. Defaults to the next eligible agent who is free then, within the hours for meetings.',
    }),
    reason: t.string({ description: REASON }),
    idempotencyKey: t.string({ description: IDEMPOTENCY_KEY }),
  }),
})

builder.mutationField('reassignMeeting', (t) =>
  t.field({
    type: MeetingRef,
    description:
      'Reassigns a meeting to another agent, at the same time. The visitor and both agents are notified by mail. Requires MANAGE_ALL_MEETINGS.',
    errors: { types: [NotFoundError, ConflictError, SlotUnavailableError, NoAgentAvailableError] },
    args: {
      input: t.arg({
        type: ReassignMeetingInput,
        required: true,
        description: 'The meeting and its new agent.',
      }),
    },
    resolve: (_root, { input }, context) =>
      reassignMeeting(context, {
        ...input,
        meetingId: fromGlobalId('Meeting', { id: input.meetingId, field: 'input.meetingId' }),
        agentId: fromOptionalGlobalId('Agent', { id: input.agentId, field: 'input.agentId' }),
      }),
  }),
)

const RecordMeetingOutcomeInput = builder.inputType('RecordMeetingOutcomeInput', {
  description: 'The outcome of a meeting.',
  fields: (t) => ({
    meetingId: t.id({ required: true, description: 'A meeting that has begun.' }),
    outcome: t.field({ type: MeetingOutcomeRef, required: true, description: 'The outcome.' }),
  }),
})

builder.mutationField('recordMeetingOutcome', (t) =>
  t.field({
    type: MeetingRef,
    description:
      "Records whether a meeting took place. A later call corrects it. Requires MANAGE_MY_MEETINGS for the viewer's own meetings, and MANAGE_ALL_MEETINGS for others.",
    errors: { types: [NotFoundError, ConflictError] },
    args: {
      input: t.arg({
        type: RecordMeetingOutcomeInput,
        required: true,
        description: 'The meeting and its outcome.',
      }),
    },
    resolve: (_root, { input }, context) =>
      recordMeetingOutcome(context, {
        meetingId: fromGlobalId('Meeting', { id: input.meetingId, field: 'input.meetingId' }),
        outcome: input.outcome,
      }),
  }),
)
