// Decides what a client sees of an error outside of result unions. A failure that the client can act on keeps its code
// and message; an internal error is masked, and shows only the request id under which it is logged.
import { randomUUID } from 'node:crypto'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { GraphQLError } from 'graphql'
import { isDatabaseAway } from '../database/sql-state.ts'
import {
  AppError,
  type ErrorCode,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  QuotaExceededError,
  UnauthenticatedError,
  UnavailableError,
  WorkspaceRequiredError,
} from '../errors.ts'

/** In seconds. A database that is restarted, or replaced by its standby, is often back by then. */
export const RETRY_AFTER = { 'retry-after': '2' }

/** An internal error, with the id that the client got instead. */
export interface Fault {
  requestId: string
  error: unknown
}

/** Whether an error is internal, so that no client may see it. */
export function isFault(error: unknown): boolean {
  const cause = causeOf(error)
  return !(cause instanceof AppError || cause instanceof GraphQLError)
}

/** @param onFault receives every error that is masked. The database that is away is no secret, but a fault all the same */
export function maskError(error: unknown, onFault: (fault: Fault) => void): GraphQLError {
  const cause = causeOf(error)
  if (cause instanceof AppError) return expectedError(cause, error)
  // A GraphQLError, from GraphQL itself or from us, means that the client's document or variables are wrong.
  if (cause instanceof GraphQLError) return withCode(error instanceof GraphQLError ? error : cause)
  const requestId = randomUUID()
  onFault({ requestId, error: cause })
  if (isDatabaseAway(cause)) return expectedError(databaseAway(), error)
  return new GraphQLError('Something went wrong on our side. Please tell us the request id.', {
    ...locationOf(error),
    // `unexpected` makes Yoga answer 500 if nothing was executed; it is not sent to the client. An internal error in a
    // resolver is part of an answer with the status 200.
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId, unexpected: true },
  })
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error
}

/** Adds the code that GraphQL's own errors about variables lack. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, {
    ...locationOf(error),
    extensions: { code: 'BAD_USER_INPUT', ...error.extensions },
  })
}

const databaseAway = () => new UnavailableError('The database cannot be reached at present. Please retry.')

/** The codes for which the HTTP status differs from the one that Yoga would choose. */
const HTTP: Partial<Record<ErrorCode, { status: number; headers?: Record<string, string> }>> = {
  UNAUTHENTICATED: { status: 401 },
  WORKSPACE_REQUIRED: { status: 400 },
  UNAVAILABLE: { status: 503, headers: RETRY_AFTER },
}

function expectedError(cause: AppError, error: unknown): GraphQLError {
  const http = HTTP[cause.code]
  return new GraphQLError(cause.message, {
    ...locationOf(error),
    extensions: { code: cause.code, ...detailsOf(cause), ...(http === undefined ? {} : { http }) },
  })
}

/** What the type of the error has beside the message in a result union. */
function detailsOf(cause: AppError): Record<string, unknown> {
  if (cause instanceof InvalidInputError) return { issues: cause.issues }
  if (cause instanceof NotFoundError) return { path: cause.argument, missingId: cause.missingId }
  if (cause instanceof QuotaExceededError) return { limit: cause.limit, resetsAt: cause.resetsAt }
  if (cause instanceof WorkspaceRequiredError) return { workspaces: cause.workspaces.map(toGlobal) }
  if (cause instanceof UnauthenticatedError && cause.reason !== null) return { reason: cause.reason }
  return cause instanceof ForbiddenError && cause.code === 'FORBIDDEN' ? { permission: cause.permission } : {}
}

const toGlobal = ({ id, name }: { id: string; name: string }) => ({
  id: encodeGlobalID('Workspace', id),
  name,
})

function locationOf(error: unknown) {
  return error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}
}
