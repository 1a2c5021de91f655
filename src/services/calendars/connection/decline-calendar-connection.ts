import type { Services } from '../../context.ts'
import { type AttemptRequest, ConnectionRefused, findAttempt, isOver } from './attempt.ts'
import { revokeGrant } from './revoke-grant.ts'

/** Ends an attempt that the agent does not confirm, and revokes the access at the provider (see `revokeGrant`).
 * @returns what to say to the agent
 * @throws ConnectionRefused when there is no such attempt */
export async function declineCalendarConnection(
  services: Services,
  request: AttemptRequest,
): Promise<ConnectionRefused> {
  const attempt = await findAttempt(services, request)
  if (attempt.grant === null) throw isOver()
  await revokeGrant(services, attempt)
  return new ConnectionRefused('You did not confirm it.', attempt.returnUrl)
}
