import { z } from 'zod'
import type { ChangeHint, WebhookMessage, WebhookRequest } from '../../ports/calendar-provider.ts'

const MAX_TOKEN_LENGTH = 2048
/** Of one message, which can report several changes. */
export const MAX_HINTS = 1000
/** The other lifecycle event is `missed`: something has changed, and the subscription goes on. */
const LAST_EVENTS = ['reauthorizationRequired', 'subscriptionRemoved']

const notification = z.object({
  subscriptionId: z.string().max(200),
  clientState: z.string().max(200),
  lifecycleEvent: z.string().optional(),
})
const notifications = z.object({ value: z.array(z.unknown()).max(MAX_HINTS) })

/** Before Microsoft accepts a subscription, it sends a token that the webhook must return. */
export async function readWebhook({ parameters, readBody }: WebhookRequest): Promise<WebhookMessage> {
  const token = parameters.get('validationToken')
  if (token !== null) return { challenge: token.length <= MAX_TOKEN_LENGTH ? token : null }
  const { data } = notifications.safeParse(parseJson(await readBody()))
  return { hints: (data?.value ?? []).flatMap(readNotification) }
}

function readNotification(value: unknown): ChangeHint[] {
  const { data } = notification.safeParse(value)
  if (data === undefined) return []
  const { subscriptionId: channel, clientState: secret, lifecycleEvent = '' } = data
  return [{ channel, secret, ends: LAST_EVENTS.includes(lifecycleEvent) }]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
