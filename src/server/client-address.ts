// Finds the address of the client behind a connection. What a client itself can write counts only if it comes from a
// proxy of the operator, or with the secret of a backend.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { Network } from '../config/config.ts'
import { Notice } from './fault-log.ts'

/** With the secret, a backend names the address of the visitor for whom it calls. */
export const VISITOR_ADDRESS_HEADER = 'switchboard-visitor-address'
export const BACKEND_SECRET_HEADER = 'switchboard-backend-secret'

const FORWARDED_FOR = 'x-forwarded-for'
/** What proxies add, whether or not this program reads it. */
const FORWARDING_HEADERS = [FORWARDED_FOR, 'forwarded', 'x-real-ip']
const MAPPED = /^::ffff:(?=\d+\.)/i
/** Some proxies add the port: 192.0.2.1:443 or [2001:db8::1]:443. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/

/** @returns null if the connection has no address */
export type ClientAddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | null

/** @param options.onError receives the advice for the operator, each once */
export function createClientAddresses(
  { trustedProxies, backendSecret }: Network,
  { onError }: { onError(error: unknown): void },
): ClientAddressOf {
  const isTrusted = createTrust(trustedProxies)
  const said = new Set<string>()
  const say = (kind: string, advice: string) => {
    if (said.has(kind)) return
    said.add(kind)
    onError(new Notice(advice))
  }
  return ({ socket, headers }) => {
    const named = addressByBackend(headers, backendSecret)
    if (named === 'WRONG_SECRET') say(named, WRONG_SECRET)
    else if (named !== null) return named
    const peer = toAddress(socket.remoteAddress ?? '')
    if (peer === null || isTrusted(peer)) return peer && forwardedBy(peer, headers, isTrusted)
    if (FORWARDING_HEADERS.some((name) => headers[name] !== undefined)) say('FORWARDED', adviceFor(peer))
    return peer
  }
}

/** @returns null unless a backend names one */
function addressByBackend(headers: IncomingHttpHeaders, secret: string | null): string | null {
  const given = headers[BACKEND_SECRET_HEADER]
  const named = headers[VISITOR_ADDRESS_HEADER]
  if (typeof given !== 'string' || typeof named !== 'string') return null
  return secret !== null && isSame(given, secret) ? toAddress(named) : 'WRONG_SECRET'
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return first !== undefined && second !== undefined && timingSafeEqual(first, second)
}

/** Each proxy appends the address that it was called from, so the list is read from its end, as far as proxies that are
 * trusted wrote it. */
function forwardedBy(
  proxy: string,
  headers: IncomingHttpHeaders,
  isTrusted: (address: string) => boolean,
): string {
  const listed = [headers[FORWARDED_FOR] ?? []].flat().join(',')
  let client = proxy
  for (const entry of listed.split(',').reverse()) {
    const address = toAddress(entry.trim())
    if (address === null) return client
    client = address
    if (!isTrusted(address)) return client
  }
  return client
}

/** @returns the address without a port and a zone, and an IPv4 address as such; null for any other text */
function toAddress(text: string): string | null {
  const [, ipv6, ipv4] = WITH_PORT.exec(text) ?? []
  const [address = ''] = (ipv6 ?? ipv4 ?? text).replace(MAPPED, '').split('%')
  return isIP(address) === 0 ? null : address
}

function createTrust(proxies: string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/')
    const family = familyOf(address)
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => list.check(address, familyOf(address))
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

const adviceFor = (peer: string) =>
  `A request from ${peer} has headers of a proxy, which is not among TRUSTED_PROXIES: they are ignored, and all who come through it count as one client. If it is your proxy, add its address. Further ones are not logged until the program starts again.`

const WRONG_SECRET = `A request names the address of a visitor without the right BACKEND_SECRET: it is ignored. Further ones are not logged until the program starts again.`
