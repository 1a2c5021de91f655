// Every failure that a client can handle. Services throw them, which also rolls back the transaction. The schema returns
// them as members of result unions (mutations) or as top-level errors with the code in `extensions.code` (queries).

/** The codes never change; messages may. */
export type ErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'WORKSPACE_REQUIRED'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'SLOT_UNAVAILABLE'
  | 'NO_AGENT_AVAILABLE'
  | 'CALENDAR_CONNECTION'
  | 'UNAVAILABLE'
  | 'OFFER_NO_LONGER_OPEN'
  | 'QUOTA_EXCEEDED'
  | 'PROOF_OF_WORK_REQUIRED'
  | 'STEP_TAKEN'
  | 'ATTRIBUTE_IN_USE'
  | 'DIALOGUE_PROBLEMS'

export abstract class AppError extends Error {
  abstract readonly code: ErrorCode
  /** Never set: GraphQL takes an error with a `path` for one that says at which field it arose, and adds no place of its own. */
  declare readonly path?: never
}

/** What is wrong with a value. The schema describes each code. */
export type InputIssueCode =
  | 'REQUIRED'
  | 'INVALID_FORMAT'
  | 'TOO_SHORT'
  | 'TOO_LONG'
  | 'TOO_MANY'
  | 'OUT_OF_RANGE'
  | 'IN_PAST'
  | 'DUPLICATE'
  | 'UNKNOWN'
  | 'NOT_ALLOWED'
  | 'CONFLICTING'
  | 'OTHER'

export interface InputIssue {
  /** The place in the operation's arguments, for example ["input", "weekly", "0", "end"]. */
  path: string[]
  code: InputIssueCode
  message: string
  /** The bound that the value passes; left out: the code is about no bound. */
  limit?: number | undefined
}

/** Values in the arguments are not acceptable. */
export class InvalidInputError extends AppError {
  readonly code = 'INVALID_INPUT'
  readonly issues: InputIssue[]
  constructor(issues: InputIssue[]) {
    super([...new Set(issues.map(({ message }) => message))].join(' '))
    this.issues = issues
  }
}

/** The object does not exist, or the viewer may not see it: the error never distinguishes the two. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  /** The place of its id in the operation's arguments, for example ["input", "agentId"]. */
  readonly argument: string[]
  /** The id as the client sent it. The schema adds it (schema/missing-ids.ts); null if something else names the object. */
  readonly missingId: string | null
  /** @param field the argument that names the object, for example `input.agentId` */
  constructor(field: string, missingId: string | null = null) {
    const argument = field.split('.')
    super(`The ${nounOf(argument)} was not found.`)
    this.argument = argument
    this.missingId = missingId
  }
}

/** @returns "slot hold" for the argument input.slotHoldId, "agent" for input.agentIds.2, "meeting" for movingMeetingId */
function nounOf(argument: string[]): string {
  const name = argument.findLast((key) => !/^\d+$/.test(key)) ?? 'object'
  return name
    .replace(/^moving|Ids?$/g, '')
    .replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
    .trim()
}

/** The bearer token is invalid or has expired. */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED'
  /** LINK_EXPIRED: the link of a meeting was good before; null: no reason is given. */
  readonly reason: 'LINK_EXPIRED' | null
  constructor(message: string, reason: 'LINK_EXPIRED' | null = null) {
    super(message)
    this.reason = reason
  }
}

/** The account belongs to several workspaces, or not to the one that was chosen. */
export class WorkspaceRequiredError extends AppError {
  readonly code = 'WORKSPACE_REQUIRED'
  /** Those of the account, by UUID. */
  readonly workspaces: { id: string; name: string }[]
  constructor(workspaces: { id: string; name: string }[]) {
    super('Choose one of your workspaces with the header Switchboard-Workspace.')
    this.workspaces = workspaces
  }
}

/** An external service cannot be reached; a retry of the same call may succeed. */
export class UnavailableError extends AppError {
  readonly code = 'UNAVAILABLE'
}

/** The viewer is not allowed to do this. */
export class ForbiddenError<Permission extends string = string> extends AppError {
  readonly code: 'FORBIDDEN' | 'UNAUTHENTICATED' = 'FORBIDDEN'
  /** The missing permission; null if no permission would help. */
  readonly permission: Permission | null
  constructor(message: string, permission: Permission | null = null) {
    super(message)
    this.permission = permission
  }
}

export const TOKEN_REQUIRED = 'A bearer token is required: send `Authorization: Bearer …`.'

/** There is no bearer token. Mutations answer it as `ForbiddenError`, which their unions have. */
export class TokenRequiredError extends ForbiddenError {
  override readonly code = 'UNAUTHENTICATED'
  constructor() {
    super(TOKEN_REQUIRED)
  }
}

/** Why the current state does not allow a change. The schema describes each reason. */
export type ConflictReason =
  | 'ADDRESS_TAKEN'
  | 'NAME_TAKEN'
  | 'SLUG_TAKEN'
  | 'KEY_REUSED'
  | 'MEETING_CANCELLED'
  | 'MEETING_OVER'
  | 'MEETING_NOT_BEGUN'
  | 'MEETING_STANDS'
  | 'MEETING_UPCOMING'
  | 'CHAT_OPEN'
  | 'CHAT_OVER'
  | 'CHAT_NOT_ACCEPTED'
  | 'CHAT_AUTOMATED'
  | 'CARD_NOT_PENDING'
  | 'DIALOGUE_OVER'
  | 'TRANSFER_PENDING'
  | 'NO_ROOM'
  | 'CALENDAR_CONNECTED'
  | 'CALENDAR_NOT_CONNECTED'
  | 'BUILT_IN_CALENDAR'
  | 'LAST_ADMINISTRATOR'
  | 'OWN_ACCOUNT'
  | 'BUILT_IN_ATTRIBUTE'
  | 'VERSION_CHANGED'

/** The current state does not allow the change. */
export class ConflictError extends AppError {
  readonly code = 'CONFLICT'
  readonly reason: ConflictReason
  constructor(reason: ConflictReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** Why a slot cannot be booked. OUTSIDE_HOURS: no stretch of open time contains all of it. OFF_GRID: the hours are open, but
 * no slot begins at that time. TAKEN: it is nearer to a busy time than the buffer. TOO_SOON: it begins within the notice.
 * TOO_FAR: its date is after the booking window. IN_PAST: it has begun. CALENDAR_UNREACHABLE: the agent's calendar could not
 * be asked whether it is free. HOLD_EXPIRED: the hold on it has ended. */
export type SlotRefusal =
  | 'TAKEN'
  | 'OFF_GRID'
  | 'OUTSIDE_HOURS'
  | 'TOO_SOON'
  | 'TOO_FAR'
  | 'IN_PAST'
  | 'CALENDAR_UNREACHABLE'
  | 'HOLD_EXPIRED'

/** A free slot. */
export interface SlotAlternative {
  startsAt: Date
  endsAt: Date
  agentCount: number
  /** The agent who would take it, if that is settled. */
  agentId: string | null
}

/** The requested slot cannot be booked. */
export class SlotUnavailableError extends AppError {
  readonly code = 'SLOT_UNAVAILABLE'
  readonly reason: SlotRefusal
  readonly startsAt: Date
  /** Free slots near it. */
  readonly alternatives: SlotAlternative[]
  constructor(
    message: string,
    details: { reason: SlotRefusal; startsAt: Date; alternatives: SlotAlternative[] },
  ) {
    super(message)
    this.reason = details.reason
    this.startsAt = details.startsAt
    this.alternatives = details.alternatives
  }
}

export interface FallbackOffer {
  message: string
  offerMeeting: boolean
}

/** None of the requested agents is eligible, for a meeting at any time or for a transferred conversation. */
export class NoAgentAvailableError extends AppError {
  readonly code = 'NO_AGENT_AVAILABLE'
  readonly fallback: FallbackOffer | null
  constructor(message: string, fallback: FallbackOffer | null) {
    super(message)
    this.fallback = fallback
  }
}

/** The offer is no longer pending, or has expired. */
export class OfferNoLongerOpenError<State extends string = string> extends AppError {
  readonly code = 'OFFER_NO_LONGER_OPEN'
  readonly offerState: State
  constructor(offerState: State) {
    super('The offer is no longer open.')
    this.offerState = offerState
  }
}

/** A quota is used up. */
export class QuotaExceededError extends AppError {
  readonly code = 'QUOTA_EXCEEDED'
  readonly limit: number
  /** When the next call is allowed; null if waiting does not help. */
  readonly resetsAt: Date | null
  constructor(message: string, { limit, resetsAt }: { limit: number; resetsAt: Date | null }) {
    super(message)
    this.limit = limit
    this.resetsAt = resetsAt
  }
}

/** The call is accepted with a solution of the challenge. */
export class ProofOfWorkRequiredError extends AppError {
  readonly code = 'PROOF_OF_WORK_REQUIRED'
  /** As ALTCHA's solvers take it. */
  readonly challenge: object
  constructor(message: string, { challenge }: { challenge: object }) {
    super(message)
    this.challenge = challenge
  }
}

/** The step of a dialogue was answered otherwise before. */
export class StepTakenError<Session extends object = object> extends AppError {
  readonly code = 'STEP_TAKEN'
  /** As it is now. */
  readonly session: Session
  constructor(session: Session) {
    super('This step was answered otherwise before.')
    this.session = session
  }
}

/** What uses an attribute: a dialogue, or the invitation of an agent. */
export interface AttributeUser {
  kind: 'DIALOGUE' | 'INVITATION'
  /** Of the dialogue or the agent. */
  name: string
}

/** The attribute cannot be deleted, because something uses it. */
export class AttributeInUseError extends AppError {
  readonly code = 'ATTRIBUTE_IN_USE'
  readonly uses: AttributeUser[]
  constructor(uses: AttributeUser[]) {
    super('The attribute is used, and cannot be deleted before it is taken out there.')
    this.uses = uses
  }
}

/** Something that keeps the draft of a dialogue from being published. The schema describes each code. */
export interface DraftProblem<Code extends string = string> {
  code: Code
  /** The key of the card that it is about; null: it is about the dialogue. */
  cardKey: string | null
  /** The place in what is saved, for example ["cards", "3", "question", "answers", "0", "next"]. */
  path: string[]
  /** An English sentence. */
  message: string
}

/** The draft cannot be published. */
export class DialogueProblemsError extends AppError {
  readonly code = 'DIALOGUE_PROBLEMS'
  readonly problems: DraftProblem[]
  constructor(problems: DraftProblem[]) {
    const count = problems.length === 1 ? 'A problem keeps' : `${problems.length} problems keep`
    super(`${count} the dialogue from being published.`)
    this.problems = problems
  }
}

/** The agent's calendar cannot be connected. */
export class CalendarConnectionError<State extends string = string> extends AppError {
  readonly code = 'CALENDAR_CONNECTION'
  readonly state: State
  /** Whether a retry of the same call may succeed later. */
  readonly retryable: boolean
  constructor(message: string, details: { state: State; retryable: boolean }) {
    super(message)
    this.state = details.state
    this.retryable = details.retryable
  }
}
