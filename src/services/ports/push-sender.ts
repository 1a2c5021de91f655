// The port through which push messages leave, for the browsers of agents who have no console open (RFC 8030). It knows
// one finished message for one browser.

export interface PushMessage {
  /** JSON. Only the browser can read it. */
  payload: string
  /** How long the push service keeps it for a browser that is not there: whole seconds. */
  ttlSeconds: number
  /** A later message of the same topic takes the place of one that still waits. At most 32 characters of base64url. */
  topic: string
  urgency: 'very-low' | 'low' | 'normal' | 'high'
}

/** A browser, as it described itself. */
export interface PushTarget {
  endpoint: string
  /** The browser's public key and secret, base64url. */
  p256dh: string
  auth: string
}

export interface PushSender {
  /** The key that browsers have to subscribe with: an uncompressed point of P-256, base64url. */
  readonly publicKey: string
  /** @returns why nothing is ever sent to this endpoint, as a sentence; null when there is no reason */
  faultOf(endpoint: string): string | null
  /** Hands the message over to the browser's push service.
   * @returns GONE when the browser does not want any more messages, and never will
   * @throws an error that is worth a repeat */
  send(target: PushTarget, message: PushMessage): Promise<'SENT' | 'GONE'>
}
