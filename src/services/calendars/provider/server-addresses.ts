// The addresses of this server that providers call.
import type { Settings } from '../../context.ts'
import type { CalendarProviders } from '../../ports/calendar-provider.ts'

type ProviderName = keyof CalendarProviders

const PATH = /^\/calendars\/([^/]+)\/(callback|changes)$/

/** @returns the provider and the purpose of a path; null for every other path */
export function readCalendarPath(
  providers: CalendarProviders,
  path: string,
): { provider: ProviderName; purpose: 'callback' | 'changes' } | null {
  const [, slug, purpose] = PATH.exec(path) ?? []
  const names = Object.keys(providers) as ProviderName[]
  const provider = names.find((name) => providers[name].slug === slug)
  if (slug === undefined || provider === undefined) return null
  return { provider, purpose: purpose === 'callback' ? 'callback' : 'changes' }
}

/** Where a provider sends agents back to. It is part of the registration there. */
export const callbackUrlOf = ({ publicUrl }: Settings, slug: string): string =>
  `${publicUrl}/calendars/${slug}/callback`

/** Where a provider sends its webhooks. */
export const webhookUrlOf = ({ publicUrl }: Settings, slug: string): string =>
  `${publicUrl}/calendars/${slug}/changes`
