// What tests of webhooks need: the channels that a provider has open, and messages as it sends them.
import type { CalendarApp, Provider } from './calendars.ts'
import { emulatorOf, KITS } from './providers/kits.ts'
import type { Message, SeenChannel } from './providers/provider-kit.ts'

export { microsoftMessage } from './providers/microsoft.ts'
export type { Message }

/** Those that the provider has open for an account. */
export const channelsOf = (
  app: CalendarApp,
  { provider, email }: { provider: Provider; email: string },
): SeenChannel[] => KITS[provider].channelsOf(emulatorOf(app, provider), { email, now: app.clock.now() })

/** A message that something has changed. */
export const messageOf = (provider: Provider, channel: Pick<SeenChannel, 'id' | 'secret'>): Message =>
  KITS[provider].messageOf(channel)

/** The path at which a provider's webhook is. */
const webhookOf = (provider: Provider): string => `/calendars/${provider.toLowerCase()}/changes`

/** Sends something to where providers tell of changes. */
export function send(
  app: CalendarApp,
  provider: Provider,
  { query = '', ...init }: Message,
): Promise<Response> {
  const { publicUrl } = app.app.services.settings
  return fetch(`${publicUrl}${webhookOf(provider)}${query}`, {
    method: 'POST',
    ...init,
  })
}
