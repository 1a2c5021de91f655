// Which page a visitor is on: one that the workspace lists, and the one that calls.
import { InvalidInputError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type Page, readPage } from '../definition/targets.ts'

/** @param page.url an address of the web
 * @returns the page, for comparisons with targets
 * @throws InvalidInputError for a page of an origin that the workspace does not list, or another one than the request's */
export function requireListedPage(
  { origin, settings }: Pick<RequestContext, 'origin' | 'settings'>,
  { url, allowedOrigins }: { url: string; allowedOrigins: string[] },
): Page | null {
  const address = new URL(url)
  const isOwn = address.origin === new URL(settings.publicUrl).origin
  if (!isOwn && !allowedOrigins.includes(address.origin)) {
    throw refused(`The workspace does not list ${address.origin} in \`allowedOrigins\`.`)
  }
  if (origin !== null && origin !== address.origin)
    throw refused(`Must be a page of ${origin}, which sent the request.`)
  return readPage(address)
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'pageUrl'], code: 'NOT_ALLOWED', message }])
}
