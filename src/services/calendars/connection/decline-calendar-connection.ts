import type { Services } from '../../context.ts'
import { type AttemptRequest, ConnectionRefused, findAttempt, openGrant } from './attempt.ts'

/** Ends an attempt that the agent does not confirm, and revokes the access at the provider; unless the account is
 * connected: providers revoke all access of an account at once.
 * @returns what to say to the agent
 * @throws ConnectionRefused when there is no such attempt */
export async function declineCalendarConnection(
  services: Services,
  request: AttemptRequest,
): Promise<ConnectionRefused> {
  const { database, secrets, calendars, onError } = services
  const attempt = await findAttempt(services, request)
  const { account, refreshToken } = openGrant(secrets, attempt)
  await database.calendarAuthorization.deleteMany({ where: { stateHash: attempt.stateHash } })
  const { provider } = request
  const connected = await database.calendarConnection.count({
    where: { provider, subject: account.subject, state: { not: 'DISCONNECTED' } },
  })
  if (connected === 0) await calendars[provider].connector?.revoke(refreshToken).catch(onError)
  return new ConnectionRefused('You did not confirm it.', attempt.returnUrl)
}
