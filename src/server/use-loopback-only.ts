// Restricts the demo to this machine. A website can point its own name at 127.0.0.1 (DNS rebinding), and its pages
// could then read the demo's tokens. The Host header still carries the website's name, so such requests are refused.
import type { Plugin } from 'graphql-yoga'

/** Matches a Host header that names this machine. */
export const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i

/** Answers 403 to every request whose Host is not a loopback address. */
export function useLoopbackOnly(): Plugin {
  return {
    onRequest({ request, url, fetchAPI, endResponse }) {
      if (LOOPBACK.test(request.headers.get('host') ?? url.host)) return
      endResponse(
        new fetchAPI.Response('The demo answers on 127.0.0.1 and localhost only.\n', {
          status: 403,
          headers: { 'content-type': 'text/plain; charset=utf-8' },
        }),
      )
    },
  }
}
