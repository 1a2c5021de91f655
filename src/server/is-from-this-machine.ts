// Restricts the demo to this machine. A website can point its own name at 127.0.0.1 (DNS rebinding), and its pages
// could then read the demo's tokens; the Host header still carries the website's name. A proxy or a tunnel passes on
// requests of others, and says so in a header.
import type { IncomingMessage } from 'node:http'

/** Matches a Host header that names this machine. */
const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i
/** Matches the names of headers, in lower case, that a proxy adds. */
const ADDED_BY_PROXIES = /^(forwarded|via|x-forwarded(-.*)?)$/

export function isFromThisMachine({ headers }: IncomingMessage): boolean {
  const isPassedOn = Object.keys(headers).some((name) => ADDED_BY_PROXIES.test(name))
  return !isPassedOn && headers.host !== undefined && LOOPBACK.test(headers.host)
}
