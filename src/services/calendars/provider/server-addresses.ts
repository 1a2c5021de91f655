// The addresses of this server that providers call.
import type { Settings } from '../../context.ts'
import type { CalendarProviders } from '../../ports/calendar-provider.ts'

type ProviderName = keyof CalendarProviders

const PURPOSES = ['callback', 'changes', 'confirmation'] as const
const PATH = /^\/calendars\/([^/]+)\/([^/]+)$/

/** @returns the provider and the purpose of a path; null for every other path */
export function readCalendarPath(
  providers: CalendarProviders,
  path: string,
): { provider: ProviderName; purpose: (typeof PURPOSES)[number] } | null {
  const [, slug, named] = PATH.exec(path) ?? []
  const purpose = PURPOSES.find((known) => known === named)
  const names = Object.keys(providers) as ProviderName[]
  const provider = names.find((name) => providers[name].slug === slug)
  if (slug === undefined || provider === undefined || purpose === undefined) return null
  return { provider, purpose }
}

/** Where a provider sends agents back to. It is part of the registration there. */
export const callbackUrlOf = ({ publicUrl }: Settings, slug: string): string =>
  `${publicUrl}/calendars/${slug}/callback`

/** Where the page of the callback sends the agent's decision, relative to it. */
export const CONFIRMATION_PATH = 'confirmation'

/** Where a provider sends its webhooks. */
export const webhookUrlOf = ({ publicUrl }: Settings, slug: string): string =>
  `${publicUrl}/calendars/${slug}/changes`
