import type { QuotaExceededError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'

/** Notes the refusal for the header `Retry-After`.
 * @returns the error, to be thrown */
export function refuse(
  { client }: Pick<RequestContext, 'client'>,
  error: QuotaExceededError,
): QuotaExceededError {
  client.refusals.push(error)
  return error
}
