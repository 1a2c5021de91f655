import { GraphQLError } from 'graphql'
import { UnavailableError } from '../../errors.ts'
import { isFault } from '../mask-error.ts'

/** Whether a client that retries may get another answer: after an internal error, or when an external service could not
 * be reached. Any other error is itself an answer, for example that a field is forbidden. */
export function isRetryable(error: unknown): boolean {
  const cause = error instanceof GraphQLError ? error.originalError : error
  return isFault(error) || cause instanceof UnavailableError
}

/** @throws the first error after which a client should retry */
export function throwRetryable(errors: readonly GraphQLError[] = []): void {
  const error = errors.find(isRetryable)
  if (error) throw error.originalError ?? error
}
