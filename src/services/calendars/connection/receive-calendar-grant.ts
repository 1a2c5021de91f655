// Takes the answer of the provider, with which the agent comes back, and keeps what was granted until the agent confirms it:
// who was sent here by somebody else sees then to whom the calendar would belong.
import type { CalendarAuthorization } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { callbackUrlOf } from '../provider/server-addresses.ts'
import {
  type AttemptRequest,
  AUTHORIZATION_MS,
  ConnectionRefused,
  findAttempt,
  isOver,
  openGrant,
  sealGrant,
} from './attempt.ts'
import { explainRefusal } from './explain-refusal.ts'

/** What the agent is asked to confirm. */
export interface GrantedCalendar {
  agent: { name: string; email: string }
  accountEmail: string
}

/** The answer is used once, whatever the outcome. Repeated before the confirmation, the call answers the same.
 * @param request.parameters of the provider's answer
 * @throws ConnectionRefused, with nothing changed */
export async function receiveCalendarGrant(
  services: Services,
  request: AttemptRequest & { parameters: URLSearchParams },
): Promise<GrantedCalendar> {
  const attempt = await findAttempt(services, request)
  const received = attempt.grant === null ? await receive(services, { attempt, ...request }) : attempt
  const agent = await services.database.agent.findFirst({
    where: { id: attempt.agentId, removedAt: null },
    select: { name: true, email: true },
  })
  if (agent === null) throw new ConnectionRefused('The agent no longer exists.', attempt.returnUrl)
  return { agent, accountEmail: openGrant(services.secrets, received).account.email }
}

async function receive(
  services: Services,
  {
    attempt,
    provider,
    parameters,
  }: AttemptRequest & { attempt: CalendarAuthorization; parameters: URLSearchParams },
): Promise<CalendarAuthorization> {
  const { database, secrets, clock, settings } = services
  const { agentId, returnUrl, verifier } = attempt
  const where = { stateHash: attempt.stateHash }
  const { count } = await database.calendarAuthorization.updateMany({
    where: { ...where, verifier: { not: null } },
    data: { verifier: null },
  })
  if (count === 0 || verifier === null) throw isOver()
  try {
    const { connector, slug } = services.calendars[provider]
    if (connector === null || slug === null) {
      throw new ConnectionRefused(`${provider} is not set up for this installation.`)
    }
    const callbackUrl = callbackUrlOf(settings, slug)
    const opened = secrets.open(verifier, agentId)
    const grant = await connector.complete({ parameters, verifier: opened, callbackUrl })
    const expiresAt = new Date(clock.now().getTime() + AUTHORIZATION_MS)
    return await database.calendarAuthorization.update({
      where,
      data: { grant: sealGrant(secrets, agentId, grant), expiresAt },
    })
  } catch (error) {
    await database.calendarAuthorization.deleteMany({ where })
    throw await explainRefusal(services, { provider, returnUrl, error })
  }
}
