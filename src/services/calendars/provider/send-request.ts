// Sends a request to a provider: with a token, a time limit and a place among the requests in flight. A request is
// repeated only when the provider refuses its token; every other retry is the worker's decision.
import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { createInFlightLimit } from './in-flight.ts'
import { inTime } from './in-time.ts'

/** For each attempt, without the wait for a place. */
const TIMEOUT_MS = 10_000

interface CalendarRequest<Answer> {
  send(options: { token: string; signal: AbortSignal }): Promise<Answer>
  /** Whether the same request may succeed with another token. */
  isTokenRefused(answer: Answer): boolean
  /** After it the answer is not needed any more. */
  deadline?: AbortSignal
}

/** @throws CalendarFault RETRY at the deadline, or the fault of the token's renewal
 * @throws the error of `send` */
type SendRequest = <Answer>(access: CalendarAccess, request: CalendarRequest<Answer>) => Promise<Answer>

export function createSendRequest(): SendRequest {
  const limit = createInFlightLimit()
  return (access, request) => {
    const ends = [request.deadline, access.signal].filter((signal) => signal !== undefined)
    const deadline = ends.length > 0 ? AbortSignal.any(ends) : undefined
    const attempt = (token: string) =>
      limit(access.connectionId, async () => {
        deadline?.throwIfAborted()
        const timeout = AbortSignal.timeout(TIMEOUT_MS)
        return request.send({ token, signal: deadline ? AbortSignal.any([deadline, timeout]) : timeout })
      })
    return inTime(withFreshToken(access, { attempt, isTokenRefused: request.isTokenRefused }), deadline)
  }
}

async function withFreshToken<Answer>(
  access: CalendarAccess,
  {
    attempt,
    isTokenRefused,
  }: {
    attempt(token: string): Promise<Answer>
    isTokenRefused(answer: Answer): boolean
  },
): Promise<Answer> {
  const token = await access.token()
  const answer = await attempt(token)
  if (!isTokenRefused(answer)) return answer
  // A request in flight at the same time may have renewed it already.
  const present = await access.token()
  return attempt(present === token ? await access.token({ renew: true }) : present)
}
