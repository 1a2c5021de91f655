import type { WebhookMessage, WebhookRequest } from '../../ports/calendar-provider.ts'

/** A message has no body. The first one of a channel says `sync`, and nothing has changed. */
export async function readWebhook({ headers }: WebhookRequest): Promise<WebhookMessage> {
  const state = headers.get('x-goog-resource-state')
  const channel = headers.get('x-goog-channel-id')
  const secret = headers.get('x-goog-channel-token')
  const isChange = state === 'exists' || state === 'not_exists'
  return { hints: isChange && channel !== null && secret !== null ? [{ channel, secret }] : [] }
}
