// Sends push messages: encrypted for the browser (RFC 8291), signed with the key of this installation (RFC 8292). One
// connection for each message: nothing is kept open, nothing has to be closed.
import { lookup as lookUp } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import webPush, { type RequestDetails } from 'web-push'
import type { PushSender } from '../../ports/push-sender.ts'
import { type EndpointRules, faultOfEndpoint, isAllowedAddress } from './push-endpoint.ts'
import type { VapidKeys } from './vapid-keys.ts'

const TIMEOUT_MS = 10_000
/** The browser took back its permission, or the push service does not know it any more (RFC 8030, section 7.3). */
const GONE = [404, 410]

export interface WebPushOptions {
  keys: VapidKeys
  /** Where the operators of push services find those of this installation: https: or mailto:. Asked for each message. */
  contact(): string
  rules: EndpointRules
  /** For the whole exchange; left out: 10 seconds. */
  timeoutMs?: number
  /** How names are resolved; left out: as the system does. */
  lookup?: typeof lookUp
}

export function createWebPushSender(options: WebPushOptions): PushSender {
  const { keys, contact, rules } = options
  return {
    publicKey: keys.publicKey,
    faultOf: (endpoint) => faultOfEndpoint(endpoint, rules),
    async send({ endpoint, p256dh, auth }, { payload, ttlSeconds, topic, urgency }) {
      const fault = faultOfEndpoint(endpoint, rules)
      if (fault !== null) throw new Error(`The endpoint of a push subscription is not acceptable: ${fault}`)
      const vapidDetails = { subject: contact(), ...keys }
      const request = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
        vapidDetails,
        TTL: ttlSeconds,
        topic,
        urgency,
        contentEncoding: 'aes128gcm',
      })
      const status = await post(request, options)
      if (GONE.includes(status)) return 'GONE'
      if (status >= 200 && status < 300) return 'SENT'
      // Without the endpoint: who knows it may send to the browser.
      throw new Error(`The push service at ${new URL(endpoint).host} answered ${status}.`)
    },
  }
}

/** The library could send too, but over TLS only, and to whatever address a name leads to.
 * @returns the status; redirections are not followed, and what else the service answers is not read */
function post(
  { endpoint, headers, body }: RequestDetails,
  { rules, timeoutMs = TIMEOUT_MS, lookup = lookUp }: WebPushOptions,
): Promise<number> {
  const url = new URL(endpoint)
  const { request } = url.protocol === 'https:' ? https : http
  const signal = AbortSignal.timeout(timeoutMs)
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false, lookup: guard(lookup, rules), signal })
    sent.on('error', (error) =>
      reject(signal.aborted ? new Error(`The push service at ${url.host} takes too long to answer.`) : error),
    )
    sent.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      response.destroy()
    })
    sent.end(body)
  })
}

/** Resolves names to addresses that are allowed. Here, where the connection is made, and not before it: a name may lead
 * elsewhere the next time it is looked up. */
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
