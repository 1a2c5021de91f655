// What tests of notifications need: the channels that a provider has open, and messages as it sends them.
import type { CalendarApp, Provider } from './calendars.ts'

export interface SeenChannel {
  id: string
  secret: string
  expiresAt: Date
}

/** Those that the provider has open for an account. */
export function channelsOf(
  app: CalendarApp,
  { provider, email }: { provider: Provider; email: string },
): SeenChannel[] {
  if (provider === 'MICROSOFT') {
    const open = app.microsoft.subscriptions(email)
    return open.map(({ id, clientState, expires }) => ({ id, secret: clientState ?? '', expiresAt: expires }))
  }
  const now = app.clock.now().getTime()
  const open = [...app.google.push.channels.values()].filter(
    ({ calendar, expiration }) => calendar.owner.email === email && expiration > now,
  )
  return open.map(({ id, token = '', expiration }) => ({
    ...{ id, secret: token, expiresAt: new Date(expiration) },
  }))
}

export interface Message {
  headers?: Record<string, string>
  body?: string
  query?: string
  method?: string
}

/** A message that something has changed. */
export function messageOf(provider: Provider, { id, secret }: Pick<SeenChannel, 'id' | 'secret'>): Message {
  if (provider === 'MICROSOFT') return microsoftMessage([{ subscriptionId: id, clientState: secret }])
  return {
    headers: {
      'x-goog-channel-id': id,
      'x-goog-channel-token': secret,
      'x-goog-resource-state': 'exists',
      'x-goog-resource-id': 'a resource',
      'x-goog-message-number': '10',
    },
  }
}

/** @param value what Microsoft gathers into one message */
export const microsoftMessage = (value: unknown): Message => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ value }),
})

/** Sends something to where providers tell of changes. */
export function send(
  app: CalendarApp,
  provider: Provider,
  { query = '', ...init }: Message,
): Promise<Response> {
  const { publicUrl } = app.app.services.settings
  return fetch(`${publicUrl}/calendars/${provider.toLowerCase()}/changes${query}`, {
    method: 'POST',
    ...init,
  })
}
