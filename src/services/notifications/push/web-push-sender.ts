// Sends push messages, encrypted for the browser (RFC 8291) and signed with the key of this installation (RFC 8292).
// Each message has its own connection, so there is nothing to close.
import { lookup as lookUp } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import webPush, { type RequestDetails } from 'web-push'
import type { PushSender } from '../../ports/push-sender.ts'
import { type EndpointRules, faultOfEndpoint, isAllowedAddress } from './push-endpoint.ts'
import type { VapidKeys } from './vapid-keys.ts'

export const TIMEOUT_MS = 10_000
/** The browser revoked its permission, or the push service no longer knows the subscription (RFC 8030, section 7.3). */
const GONE = [404, 410]

export interface WebPushOptions {
  keys: VapidKeys
  /** How operators of push services can contact the operator of this installation: an https: or mailto: URL. */
  contact: string
  rules: EndpointRules
  /** For the whole exchange; 10 seconds when omitted. */
  timeoutMs?: number
  /** Resolves host names; the system's resolver when omitted. */
  lookup?: typeof lookUp
}

export function createWebPushSender(options: WebPushOptions): PushSender {
  const { keys, contact, rules } = options
  return {
    publicKey: keys.publicKey,
    faultOf: (endpoint) => faultOfEndpoint(endpoint, rules),
    async send({ endpoint, p256dh, auth }, { payload, ttlSeconds, topic, urgency }, given) {
      const fault = faultOfEndpoint(endpoint, rules)
      if (fault !== null) throw new Error(`The endpoint of a push subscription is not acceptable: ${fault}`)
      const vapidDetails = { subject: contact, ...keys }
      const request = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails,
        TTL: ttlSeconds,
        topic,
        urgency,
        contentEncoding: 'aes128gcm',
      })
      const status = await post(request, { ...options, given })
      if (GONE.includes(status)) return 'GONE'
      if (status >= 200 && status < 300) return 'SENT'
      // The error must not contain the endpoint, which is a capability to send to the browser.
      throw new Error(`The push service at ${new URL(endpoint).host} responded with HTTP status ${status}.`)
    },
  }
}

/** web-push could send too, but only over TLS, and to any address that a name resolves to.
 * @returns the status; redirects are not followed, and the body of the answer is not read */
function post(
  { endpoint, headers, body }: RequestDetails,
  {
    rules,
    timeoutMs = TIMEOUT_MS,
    lookup = lookUp,
    given,
  }: WebPushOptions & { given?: AbortSignal | undefined },
): Promise<number> {
  const url = new URL(endpoint)
  const { request } = url.protocol === 'https:' ? https : http
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = given ? AbortSignal.any([given, timeout]) : timeout
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false, lookup: guard(lookup, rules), signal })
    sent.on('error', (error) =>
      reject(
        timeout.aborted ? new Error(`The push service at ${url.host} takes too long to respond.`) : error,
      ),
    )
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    sent.end(body)
  })
}

/** Refuses names that resolve to addresses that are not allowed. The check belongs to the connection itself, because a
 * name may resolve differently the next time (DNS rebinding). */
function guard(lookup: typeof lookUp, rules: EndpointRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || first === undefined) {
        callback(error ?? new Error(`${hostname} has no address.`), [])
      } else if (!addresses.every(({ address }) => isAllowedAddress(address, rules))) {
        callback(new Error(`${hostname} is in a private network: nothing is sent there.`), [])
      } else if (options.all) {
        callback(null, addresses)
      } else {
        callback(null, first.address, first.family)
      }
    })
  }
}
