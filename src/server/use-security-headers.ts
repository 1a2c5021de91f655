// Tells browsers to hold on to what we say: types are not guessed, nobody puts us into a frame, our addresses are
// not passed on, and pages load nothing from anywhere else.
import type { Plugin } from 'graphql-yoga'

/** Styles are the exception: GraphiQL's editor writes style elements. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Sets the headers on every answer. */
export function useSecurityHeaders(): Plugin {
  return {
    onResponse({ response: { headers } }) {
      const isPage = headers.get('content-type')?.startsWith('text/html') === true
      headers.set('content-security-policy', isPage ? PAGE_POLICY : DATA_POLICY)
      headers.set('x-content-type-options', 'nosniff')
      headers.set('x-frame-options', 'DENY')
      headers.set('referrer-policy', 'no-referrer')
    },
  }
}
