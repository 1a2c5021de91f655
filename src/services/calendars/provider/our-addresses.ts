// The addresses of ours that providers are told.
import type { Settings } from '../../context.ts'
import type { OutsideProvider } from '../../ports/calendar-provider.ts'

const NAMES: Record<OutsideProvider, string> = { GOOGLE: 'google', MICROSOFT: 'microsoft' }

const PATH = /^\/calendars\/(google|microsoft)\/(callback|changes)$/

/** What a path is for; null: not one of these. */
export function readCalendarPath(
  path: string,
): { provider: OutsideProvider; purpose: 'callback' | 'changes' } | null {
  const [, name, purpose] = PATH.exec(path) ?? []
  if (name === undefined) return null
  return {
    provider: name === NAMES.GOOGLE ? 'GOOGLE' : 'MICROSOFT',
    purpose: purpose === 'callback' ? 'callback' : 'changes',
  }
}

/** Where a provider sends agents back to; registered there. */
export const redirectUriOf = ({ publicUrl }: Settings, provider: OutsideProvider): string =>
  `${publicUrl}/calendars/${NAMES[provider]}/callback`

/** Where a provider tells of changes. */
export const hookUrlOf = ({ publicUrl }: Settings, provider: OutsideProvider): string =>
  `${publicUrl}/calendars/${NAMES[provider]}/changes`
