// The error types in the result unions of mutations.
import type { CalendarState, OfferState, Permission } from '../database/generated/client/enums.ts'
import {
  CalendarConnectionError,
  ConflictError,
  type ConflictReason,
  ForbiddenError,
  type InputIssue,
  type InputIssueCode,
  InvalidInputError,
  NoAgentAvailableError,
  NotFoundError,
  OfferNoLongerOpenError,
  ProofOfWorkRequiredError,
  QuotaExceededError,
  type SlotRefusal,
} from '../errors.ts'
import { PROOF_LASTS_MS } from '../services/people/visit-proof.ts'
import { formatDuration } from '../services/wording.ts'
import { builder } from './builder.ts'
import { OfferStateRef } from './chat-enums.ts'
import { CalendarStateRef, FallbackRef, PermissionRef } from './shared.ts'
import { SLOT_REFUSALS } from './slot-refusals.ts'
import { MORE_VALUES } from './texts.ts'

export const ErrorInterface = builder.interfaceRef<Error>('Error').implement({
  description:
    'Why a mutation changed nothing. The type says which kind of error it is; `message` is a text for people.',
  fields: (t) => ({
    message: t.exposeString('message', {
      description:
        'One or two English sentences. They may change: programs should use the type and the other fields.',
    }),
  }),
})

const InputIssueCodeRef = builder.enumType('InputIssueCode', {
  description: `What is wrong with a value in the arguments. ${MORE_VALUES}`,
  values: {
    REQUIRED: { description: 'The value is missing or empty, and must be given here.' },
    INVALID_FORMAT: {
      description: 'The value is not written as it must be, for example `25:00` for a time.',
    },
    TOO_SHORT: { description: 'The text has fewer characters than `limit`.' },
    TOO_LONG: { description: 'The text has more characters than `limit`.' },
    TOO_MANY: { description: 'The list has more elements than `limit`.' },
    OUT_OF_RANGE: { description: 'The value is below or above its bound, which is `limit`.' },
    IN_PAST: { description: 'The instant or the date is in the past.' },
    DUPLICATE: { description: 'The value occurs earlier in the same list, where each may occur once.' },
    UNKNOWN: {
      description:
        'The value is well-formed, but names nothing that is known, for example `Mars/Olympus_Mons` for a time zone.',
    },
    NOT_ALLOWED: { description: 'The value is well-formed, but must not be used here.' },
    CONFLICTING: { description: 'The value does not go together with another one of the same input.' },
    OTHER: { description: 'None of the other codes; `message` says what.' },
  } satisfies Record<InputIssueCode, { description: string }>,
})

const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'A value in the arguments that is not acceptable.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Where the value is in the arguments, for example `["input", "weekly", "0", "end"]`.',
    }),
    code: t.field({
      type: InputIssueCodeRef,
      description: 'What is wrong, for programs. It never changes for the same fault.',
      resolve: ({ code }) => code,
    }),
    message: t.exposeString('message', {
      description: 'What the value must be instead, as an English sentence.',
    }),
    limit: t.int({
      nullable: true,
      description:
        'The bound that the value passes, for example the greatest length of a name that is too long; null if the code is about no bound.',
      resolve: ({ limit }) => limit,
    }),
  }),
})

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'Values in the arguments are not acceptable. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All faults that were found; at least one.',
      resolve: (error) => error.issues,
    }),
  }),
})

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description:
    'No object with this id is visible to the viewer, whether or not it exists. `path` is the argument that names it.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    path: t.exposeStringList('argument', {
      description:
        'The argument that names the object, for example `["input", "agentId"]`; for an id in a list it ends with the index, for example `["input", "agentIds", "2"]`.',
    }),
    missingId: t.exposeID('missingId', {
      nullable: true,
      description:
        'The id at `path`, as the client sent it. Null if something else names the object, such as a slug, a public key or the link of a meeting.',
    }),
  }),
})

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The viewer is not allowed to do this, or sent no bearer token. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    permission: t.field({
      type: PermissionRef,
      nullable: true,
      description:
        'The permission that the viewer lacks, for example `MANAGE_AGENTS`; where one of several would do, the first of them. Null if no permission would help: there is no bearer token, or a token of another kind is needed.',
      resolve: (error: ForbiddenError) => error.permission as Permission | null,
    }),
  }),
})

/** One enum for every field `reason`: fields of one name in one union must have one type. */
export const ConflictReasonRef = builder.enumType('ConflictReason', {
  description: `Why a change is refused: the reasons of \`ConflictError\`, and those of \`SlotUnavailableError\`, which are about a slot (from TAKEN to HOLD_EXPIRED). ${MORE_VALUES}`,
  values: {
    ...SLOT_REFUSALS,
    ADDRESS_TAKEN: { description: 'The e-mail address belongs to another agent or person of the workspace.' },
    NAME_TAKEN: { description: 'Another object of this type has the name.' },
    SLUG_TAKEN: { description: 'Another agent or team of the workspace has the slug.' },
    KEY_REUSED: { description: 'The idempotency key or client key came with other input before.' },
    MEETING_CANCELLED: { description: 'The meeting is cancelled.' },
    MEETING_OVER: { description: 'The meeting is over.' },
    MEETING_NOT_BEGUN: { description: 'The meeting has not begun, so it has no outcome yet.' },
    MEETING_STANDS: {
      description:
        'The meeting of the link stands, or one that was booked with a link of the same person: links give a person one meeting at a time.',
    },
    MEETING_UPCOMING: { description: 'The person has a meeting to come; cancel it first.' },
    CHAT_OPEN: { description: 'A conversation with the person is not over; end it first.' },
    CHAT_OVER: { description: 'The conversation is over.' },
    CHAT_NOT_ACCEPTED: { description: 'No agent has accepted the conversation yet.' },
    CHAT_AUTOMATED: { description: 'A dialogue leads the conversation; use `answerCard`.' },
    CARD_NOT_PENDING: {
      description:
        'The card does not wait for an answer, or not in this step; see `DialogueSession.pending`.',
    },
    DIALOGUE_OVER: {
      description:
        'The session of the dialogue is over: it is completed, the visitor gave no sign for too long, or the dialogue was deleted. Call `resolveDialogue` again.',
    },
    TRANSFER_PENDING: { description: 'The conversation is being transferred: an offer of it is pending.' },
    NO_ROOM: { description: 'The agent has as many conversations and offers as `chatsPerAgent` allows.' },
    CALENDAR_CONNECTED: { description: 'Another calendar is connected; disconnect it first.' },
    CALENDAR_NOT_CONNECTED: { description: 'No calendar is connected.' },
    BUILT_IN_CALENDAR: {
      description: 'The built-in calendar has no provider to sign in at; use `connectBuiltInCalendar`.',
    },
    LAST_ADMINISTRATOR: {
      description: 'The agent is the last one with the role `Administrator`, which somebody must have.',
    },
    BUILT_IN_ATTRIBUTE: { description: 'The attribute is built in: it can be neither changed nor deleted.' },
    OWN_ACCOUNT: { description: 'The agent is the viewer: agents cannot remove themselves.' },
    VERSION_CHANGED: { description: 'The draft has been saved since it had that version.' },
  } satisfies Record<ConflictReason | SlotRefusal, { description: string }>,
})

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description:
    'The current state does not allow the change: for example, the meeting is already cancelled, or the idempotency key came with other input before. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    reason: t.field({
      type: ConflictReasonRef,
      description: 'Why the state does not allow it, for example `MEETING_CANCELLED`.',
      resolve: ({ reason }) => reason,
    }),
  }),
})

builder.objectType(NoAgentAvailableError, {
  name: 'NoAgentAvailableError',
  description:
    'None of the requested agents is eligible now, for a meeting at any time or for the transfer of a conversation.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    fallback: t.field({
      type: FallbackRef,
      nullable: true,
      description: 'What to show the visitor instead; null for a transfer.',
      resolve: (error) => error.fallback,
    }),
  }),
})

builder.objectType(CalendarConnectionError, {
  name: 'CalendarConnectionError',
  description: 'The calendar cannot be connected. Nothing was changed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    state: t.field({
      type: CalendarStateRef,
      description: 'The state of the calendar.',
      resolve: (error: CalendarConnectionError) => error.state as CalendarState,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether a retry of the same call may succeed later.',
    }),
  }),
})

builder.objectType(OfferNoLongerOpenError, {
  name: 'OfferNoLongerOpenError',
  description:
    'The offer is no longer pending: it was accepted, declined, rescinded or revoked, or it has expired.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    offerState: t.field({
      type: OfferStateRef,
      description: 'The state of the offer, for example `EXPIRED`.',
      resolve: (error: OfferNoLongerOpenError) => error.offerState as OfferState,
    }),
  }),
})

builder.objectType(ProofOfWorkRequiredError, {
  name: 'ProofOfWorkRequiredError',
  description:
    'Many visits have begun from the client address (the budget `visitsWithoutProof`), or the solution is wrong, too late or was used before. Nothing was changed. Solve the challenge, which takes a browser about a second, and call again with the solution as `proofOfWork`.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    challenge: t.field({
      type: 'JSONObject',
      description: `The challenge as the solvers of ALTCHA (\`altcha-lib\`) take it. It can be solved for ${formatDuration(PROOF_LASTS_MS)}, and its solution can be used once. docs/clients.md has an example.`,
      resolve: ({ challenge }) => challenge as Record<string, unknown>,
    }),
  }),
})

builder.objectType(QuotaExceededError, {
  name: 'QuotaExceededError',
  description:
    'A quota is used up. Nothing was changed. The header `Retry-After` has the time until `resetsAt`.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    limit: t.exposeInt('limit', {
      description: 'How many calls, holds or meetings the quota allows at once.',
    }),
    resetsAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The instant at which the next call is allowed; null if waiting does not help.',
      resolve: ({ resetsAt }) => resetsAt,
    }),
  }),
})
