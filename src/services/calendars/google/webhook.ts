import type { WebhookMessage, WebhookRequest } from '../../ports/calendar-provider.ts'

/** Messages have no body. The first one of a channel has the state `sync`, and reports no change. */
export async function readWebhook({ headers }: WebhookRequest): Promise<WebhookMessage> {
  const state = headers.get('x-goog-resource-state')
  const channel = headers.get('x-goog-channel-id')
  const secret = headers.get('x-goog-channel-token')
  const isChange = state === 'exists' || state === 'not_exists'
  return { hints: isChange && channel !== null && secret !== null ? [{ channel, secret }] : [] }
}
