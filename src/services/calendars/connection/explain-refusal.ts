import type { CalendarProvider } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { explainToAgent, reportIfMisconfigured } from '../fault-policy.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { ConnectionRefused } from './attempt.ts'

/** @returns what to throw: for a fault of the provider a sentence for the agent, any other error as it is */
export async function explainRefusal(
  services: Services,
  options: { provider: CalendarProvider; returnUrl: string | null; error: unknown },
): Promise<unknown> {
  const { provider, returnUrl, error } = options
  if (error instanceof ConnectionRefused) return new ConnectionRefused(error.message, returnUrl)
  if (!(error instanceof CalendarFault)) return error
  await reportIfMisconfigured(services, { provider, fault: error })
  return new ConnectionRefused(explainToAgent(error), returnUrl)
}
