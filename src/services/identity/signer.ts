// Signs and verifies small tokens with HMAC-SHA-256. Each purpose has its own key, derived from the installation's, so
// that a token for one purpose is never valid for another.
import { createHash, createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

import type { Signer, SigningPurpose } from '../ports/signer.ts'

/** @param secretKey at least 32 bytes, the same on all nodes */
export function createSigner(secretKey: Uint8Array): Signer {
  const keyOf = (purpose: SigningPurpose) =>
    // A key object: preparing a key for each signature costs five times as much as the signature.
    createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', `switchboard ${purpose}`, 32)))
  const keys = {
    'meeting-link': keyOf('meeting-link'),
    'demo-identity': keyOf('demo-identity'),
    'event-cursor': keyOf('event-cursor'),
  }
  const signatureOf = (purpose: SigningPurpose, payload: Buffer) =>
    createHmac('sha256', keys[purpose]).update(payload).digest()
  return {
    signature: signatureOf,
    sign: (purpose, payload) =>
      `${payload.toString('base64url')}.${signatureOf(purpose, payload).toString('base64url')}`,
    verify: (purpose, token) => {
      const [encodedPayload, encodedSignature, ...rest] = token.split('.')
      if (!encodedPayload || !encodedSignature || rest.length > 0) return null
      const payload = Buffer.from(encodedPayload, 'base64url')
      const signature = Buffer.from(encodedSignature, 'base64url')
      const expected = signatureOf(purpose, payload)
      return signature.length === expected.length && timingSafeEqual(signature, expected) ? payload : null
    },
  }
}

/** A bearer token of 256 random bits. */
export function createSecretToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/** The hash under which a secret token is stored. A plain hash is enough for 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
