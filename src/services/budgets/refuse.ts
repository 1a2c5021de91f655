import { QuotaExceededError } from '../../errors.ts'
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

/** Does the same for what refuses without a call's context.
 * @returns what `work` returned */
export async function notingRefusal<Answer>(
  context: Pick<RequestContext, 'client'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof QuotaExceededError ? refuse(context, error) : error
  }
}
