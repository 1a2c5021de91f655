// What a client sees of an error outside of result unions: the code and the message of a failure it can act
// on; of our own faults only an id, under which they are logged.
import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { AppError, type ErrorCode, InvalidInputError, NotFoundError } from '../errors.ts'

/** A fault of ours, with the id that a client got in its place. */
export interface Fault {
  requestId: string
  error: unknown
}

/** Whether an error is a fault of ours, which no client may see. */
export function isFault(error: unknown): boolean {
  const cause = causeOf(error)
  return !(cause instanceof AppError || cause instanceof GraphQLError)
}

/** @param onFault told of every error that is masked */
export function maskError(error: unknown, onFault: (fault: Fault) => void): GraphQLError {
  const cause = causeOf(error)
  if (cause instanceof AppError) return expectedError(cause, error)
  // Raised by GraphQL itself, or thrown by us as it is: a fault of the client's document or variables.
  if (cause instanceof GraphQLError) return withCode(error instanceof GraphQLError ? error : cause)
  const requestId = randomUUID()
  onFault({ requestId, error: cause })
  return new GraphQLError('Something went wrong on our side. Please tell us the request id.', {
    ...placeOf(error),
    // `unexpected` makes Yoga answer 500 when nothing was executed, and is not sent. A resolver's fault is part of an
    // answer, with the status 200.
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId, unexpected: true },
  })
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error
}

/** GraphQL gives no code to what it says of variables. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error
  return new GraphQLError(error.message, {
    ...placeOf(error),
    extensions: { code: 'BAD_USER_INPUT', ...error.extensions },
  })
}

/** Where GraphQL's own rules would answer another status. */
const STATUS: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 401, UNAVAILABLE: 503 }

function expectedError(cause: AppError, error: unknown): GraphQLError {
  const status = STATUS[cause.code]
  return new GraphQLError(cause.message, {
    ...placeOf(error),
    extensions: {
      code: cause.code,
      ...(cause instanceof InvalidInputError ? { issues: cause.issues } : {}),
      ...(cause instanceof NotFoundError && cause.id !== null ? { id: cause.id } : {}),
      ...(status === undefined ? {} : { http: { status } }),
    },
  })
}

function placeOf(error: unknown) {
  return error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}
}
