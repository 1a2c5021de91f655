// The port for push messages to the browsers of agents who have no console open (RFC 8030). It takes one finished
// message for one browser.

export interface PushMessage {
  /** JSON. Only the browser can read it. */
  payload: string
  /** How long the push service keeps it for a browser that is offline, in whole seconds. */
  ttlSeconds: number
  /** A later message of the same topic replaces one that still waits. At most 32 characters of base64url. */
  topic: string
  urgency: 'very-low' | 'low' | 'normal' | 'high'
}

/** A browser's push subscription, as the browser described it. */
interface PushTarget {
  endpoint: string
  /** The browser's public key and secret, base64url. */
  p256dh: string
  auth: string
}

export interface PushSender {
  /** The key that browsers subscribe with: an uncompressed point of P-256, base64url. */
  readonly publicKey: string
  /** @returns a sentence on why this endpoint is not acceptable; null when it is */
  faultOf(endpoint: string): string | null
  /** Hands the message over to the browser's push service.
   * @param signal gives the message up
   * @returns GONE when the subscription has ended
   * @throws an error that should be retried */
  send(target: PushTarget, message: PushMessage, signal?: AbortSignal): Promise<'SENT' | 'GONE'>
}
