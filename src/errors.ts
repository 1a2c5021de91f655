// Every failure that a client can act on. Services throw them: a throw also rolls back the transaction it
// happens in, so that nothing is changed. Resolvers turn them into members of result unions (mutations) or
// into top-level errors with the code in `extensions.code` (queries).

/** The codes, promised for ever; messages may change. */
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
  /** Where in the operation's arguments, for example ["input", "weekly", "0", "end"]. */
  path: string[]
  message: string
}

/** A value of the input is not acceptable. */
export class InvalidInputError extends AppError {
  readonly code = 'INVALID_INPUT'
  readonly issues: InputIssue[]
  constructor(issues: InputIssue[]) {
    super(issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '))
    this.issues = issues
  }
}

/** No such thing, or none that the viewer may know of: the two are never told apart. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND'
  /** The global id that was asked for, if there was one. */
  readonly id: string | null
  /** @param field the name of the argument that carried the id */
  constructor(field: string, id: string | null = null) {
    super(`${field}: there is nothing with this id.`)
    this.id = id
  }
}

/** The bearer token is missing where one is needed, or not valid (any more). */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED'
}

/** Something outside that is needed for the answer cannot be reached now; the same call may succeed later. */
export class UnavailableError extends AppError {
  readonly code = 'UNAVAILABLE'
}

/** The viewer may not do this. */
export class ForbiddenError<Permission extends string = string> extends AppError {
  readonly code = 'FORBIDDEN'
  /** The permission that is missing; null when no permission would help. */
  readonly permission: Permission | null
  constructor(message: string, permission: Permission | null = null) {
    super(message)
    this.permission = permission
  }
}

/** The present state of things does not allow it. */
export class ConflictError extends AppError {
  readonly code = 'CONFLICT'
}

/** A time with how many agents could take it. */
export interface SlotAlternative {
  startsAt: Date
  endsAt: Date
  agents: number
  /** Who would take it, when that is settled. */
  agentId: string | null
}

/** The time asked for cannot be booked. */
export class SlotUnavailableError extends AppError {
  readonly code = 'SLOT_UNAVAILABLE'
  readonly startsAt: Date
  /** Times near it that can, computed after the refusal. */
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

/** Nobody of those asked for takes meetings at present, at whatever time. */
export class NoAgentAvailableError extends AppError {
  readonly code = 'NO_AGENT_AVAILABLE'
  readonly fallback: FallbackOffer | null
  constructor(message: string, fallback: FallbackOffer | null) {
    super(message)
    this.fallback = fallback
  }
}

/** The offer of a chat is settled, or its time is up. */
export class OfferNoLongerOpenError<State extends string = string> extends AppError {
  readonly code = 'OFFER_NO_LONGER_OPEN'
  readonly state: State
  constructor(state: State) {
    super(`The offer is no longer open: it is ${state}.`)
    this.state = state
  }
}

/** More than is allowed within a time. */
export class QuotaExceededError extends AppError {
  readonly code = 'QUOTA_EXCEEDED'
  readonly limit: number
  /** When it is allowed again; null: not by itself. */
  readonly resetsAt: Date | null
  constructor(message: string, { limit, resetsAt }: { limit: number; resetsAt: Date | null }) {
    super(message)
    this.limit = limit
    this.resetsAt = resetsAt
  }
}

/** The agent's calendar could not be used. */
export class CalendarConnectionError<Status extends string = string> extends AppError {
  readonly code = 'CALENDAR_CONNECTION'
  readonly status: Status
  /** Whether the same call may succeed later without anybody doing something. */
  readonly retryable: boolean
  constructor(message: string, details: { status: Status; retryable: boolean }) {
    super(message)
    this.status = details.status
    this.retryable = details.retryable
  }
}
