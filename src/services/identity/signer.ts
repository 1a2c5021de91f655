// Signs and checks small tokens with the installation's secret key (HMAC-SHA-256), one derived key for each
// purpose, so that a token made for one can never pass for another.
import { createHash, createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

import type { Signer, SigningPurpose } from '../ports/signer.ts'

/** @param secretKey at least 32 bytes, the same on all nodes */
export function createSigner(secretKey: Uint8Array): Signer {
  const keyOf = (purpose: SigningPurpose) =>
    // As an object: prepared anew for each signature, a key costs five times as much as the signature.
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

/** A bearer token that nobody can guess: 256 random bits. */
export function createSecretToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/** What is stored of a secret token. A plain hash is enough for 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
