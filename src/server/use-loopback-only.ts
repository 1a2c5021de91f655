// Keeps the demo to this machine. A website can point its own name at 127.0.0.1 (DNS rebinding) and would then read
// the demo's tokens as if they were its own; but the Host header still carries its name.
import type { Plugin } from 'graphql-yoga'

/** The Host headers of this machine. */
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
