// Sets the security headers: browsers must not guess media types, frame our pages, send our addresses as referrers, or
// load anything from other origins into our pages. Nothing may store what GraphQL answers: it can hold a token.
import type { Plugin } from 'graphql-yoga'

/** Inline styles are allowed, because GraphiQL's editor writes style elements.
 * @param forms whether the page has a form that is sent without a script */
export const pagePolicy = ({ forms = false } = {}) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    `form-action ${forms ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ].join('; ')
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Sets the headers on every response.
 * @param graphqlPath what is answered there is not stored, a refusal as little as a result */
export function useSecurityHeaders(graphqlPath: string): Plugin {
  return {
    onResponse({ request, response: { headers } }) {
      const isPage = headers.get('content-type')?.startsWith('text/html') === true
      // A page may have set its own.
      if (!headers.has('content-security-policy')) {
        headers.set('content-security-policy', isPage ? pagePolicy() : DATA_POLICY)
      }
      headers.set('x-content-type-options', 'nosniff')
      headers.set('x-frame-options', 'DENY')
      headers.set('referrer-policy', 'no-referrer')
      if (new URL(request.url).pathname === graphqlPath) headers.set('cache-control', 'no-store')
    },
  }
}
