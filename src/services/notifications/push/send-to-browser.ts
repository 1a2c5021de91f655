import type { Services } from '../../context.ts'
import type { PushMessage } from '../../ports/push-sender.ts'
import { runTransaction } from '../../transaction.ts'

/** Sends a message to one browser of an agent and records when, or deletes its subscription when the push service reports it gone. Has no
 * effect if the browser is not the agent's any more: the agent who has it now must not read the message.
 * @param sent.signal gives the message up
 * @throws the sender's error, so that the job is retried */
export async function sendToBrowser(
  services: Services,
  sent: { subscriptionId: string; agentId: string; message: PushMessage; signal: AbortSignal | undefined },
): Promise<void> {
  const { subscriptionId, agentId, message, signal } = sent
  const { database, clock } = services
  const subscription = await database.pushSubscription.findFirst({
    where: { id: subscriptionId, agentId, agent: { removedAt: null } },
  })
  if (subscription === null) return
  const outcome = await services.push.send(subscription, message, signal)
  const { id, endpoint } = subscription
  if (outcome === 'SENT') {
    await database.pushSubscription.updateMany({ where: { id, endpoint }, data: { lastUsedAt: clock.now() } })
    return
  }
  await runTransaction(services, (tx) => tx.pushSubscription.deleteMany({ where: { id, endpoint } }))
}
