import type { PushSubscription } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { PushMessage } from '../../ports/push-sender.ts'
import { runTransaction } from '../../transaction.ts'

/** Sends a message to one browser, and deletes its subscription when the push service reports it gone.
 * @param sent.signal gives the message up
 * @throws the sender's error, so that the job is retried */
export async function sendToBrowser(
  services: Services,
  sent: { subscription: PushSubscription; message: PushMessage; signal: AbortSignal | undefined },
): Promise<void> {
  const { subscription, message, signal } = sent
  const outcome = await services.push.send(subscription, message, signal)
  if (outcome === 'SENT') return
  const { id, endpoint } = subscription
  await runTransaction(services, (tx) => tx.pushSubscription.deleteMany({ where: { id, endpoint } }))
}
