// Every failure that a client can handle. Services throw them, which also rolls back the transaction. The schema returns
// them as members of result unions (mutations) or as top-level errors with the code in `extensions.code` (queries).

/** The codes never change; messages may. */
export type ErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'SLOT_UNAVAILABLE'
  | 'NO_AGENT_AVAILABLE'
  | 'CALENDAR_CONNECTION'
  | 'UNAVAILABLE'
  | 'OFFER_NO_LONGER_OPEN'
  | 'QUOTA_EXCEEDED'

export abstract class AppError extends Error {
  abstract readonly code: ErrorCode
}

export interface InputIssue {
  /** The place in the operation's arguments, for example ["input", "weekly", "0", "end"]. */
  path: string[]
  message: string
}

/** Values in the arguments are not acceptable. */
export class InvalidInputError extends AppError {
  readonly code = 'INVALID_INPUT'
  readonly issues: InputIssue[]
  constructor(issues: InputIssue[]) {
    super(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '))
    this.issues = issues
  }
}

/** The object does not exist, or the viewer may not see it: the error never distinguishes the two. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  /** What the client sent, if it is not a global id of the expected type. */
  readonly id: string | null
  /** @param field the argument that names the object */
  constructor(field: string, id: string | null = null) {
    super(`${field}: not found.`)
    this.id = id
  }
}

/** The bearer token is missing, invalid or expired. */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED'
  /** LINK_EXPIRED: the link of a meeting was good before; null: no reason is given. */
  readonly reason: 'LINK_EXPIRED' | null
  constructor(message: string, reason: 'LINK_EXPIRED' | null = null) {
    super(message)
    this.reason = reason
  }
}

/** An external service cannot be reached; a retry of the same call may succeed. */
export class UnavailableError extends AppError {
  readonly code = 'UNAVAILABLE'
}

/** The viewer is not allowed to do this. */
export class ForbiddenError<Permission extends string = string> extends AppError {
  readonly code = 'FORBIDDEN'
  /** The missing permission; null if no permission would help. */
  readonly permission: Permission | null
  constructor(message: string, permission: Permission | null = null) {
    super(message)
    this.permission = permission
  }
}

/** The current state does not allow the change. */
export class ConflictError extends AppError {
  readonly code = 'CONFLICT'
}

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
  readonly startsAt: Date
  /** Free slots near it. */
  readonly alternatives: SlotAlternative[]
  constructor(message: string, details: { startsAt: Date; alternatives: SlotAlternative[] }) {
    super(message)
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
  readonly state: State
  constructor(state: State) {
    super(`The offer is ${state}, no longer PENDING.`)
    this.state = state
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
