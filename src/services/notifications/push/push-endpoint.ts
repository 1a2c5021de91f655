// Decides where push messages may go. Clients choose the endpoint, and this program sends a request to it, so it must
// not reach addresses that only this machine or its network can reach (SSRF).
import { BlockList, isIP, isIPv6 } from 'node:net'

export interface EndpointRules {
  /** Also allows loopback addresses, even without TLS, for the push service of a demo or a test. */
  loopback: boolean
}

const LOCALHOST = /^(?:.+\.)?localhost\.?$/

const LOOPBACK = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** IPv4 addresses that are not public (IANA's registry of special-purpose addresses). */
const SPECIAL_IPV4 = blockList([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])

/** The range of public IPv6 addresses, and the parts of it that are not public, some of which embed an IPv4 address. */
const GLOBAL_IPV6 = blockList([['2000::', 3]])
const SPECIAL_IPV6 = blockList([
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** Checks the endpoint without resolving its host: the name may still resolve to an address that `isAllowedAddress`
 * refuses.
 * @returns why nothing is sent to the endpoint, as a sentence; null when it is acceptable */
export function faultOfEndpoint(endpoint: string, rules: EndpointRules): string | null {
  if (!URL.canParse(endpoint)) return 'Must be an address that begins with https://.'
  const { protocol, username, password, hostname, port } = new URL(endpoint)
  const host = hostname.replace(/^\[|\]$/g, '')
  const onLoopback = LOCALHOST.test(host) || isLoopback(host)
  const plain = protocol === 'http:' && onLoopback && rules.loopback
  if (protocol !== 'https:' && !plain) return 'Must be an address that begins with https://.'
  // Anybody could otherwise let this program knock at any port of any machine.
  if (port !== '' && !(onLoopback && rules.loopback)) return 'Must use port 443.'
  if (username !== '' || password !== '') return 'Must not contain a name or a password.'
  const allowed = isIP(host) === 0 ? !onLoopback || rules.loopback : isAllowedAddress(host, rules)
  return allowed ? null : 'Must not be an address of a private network.'
}

/** @param address an IP address */
export function isAllowedAddress(address: string, rules: EndpointRules): boolean {
  if (rules.loopback && isLoopback(address)) return true
  return isIPv6(address)
    ? GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6')
    : !SPECIAL_IPV4.check(address, 'ipv4')
}

const isLoopback = (host: string) => isIP(host) !== 0 && LOOPBACK.check(host, isIPv6(host) ? 'ipv6' : 'ipv4')

function blockList(subnets: [string, number][]): BlockList {
  const list = new BlockList()
  for (const [address, bits] of subnets) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}
