// Signs and verifies small tokens with HMAC-SHA-256. Each purpose has its own key, derived from the installation's, so
// that a token for one purpose is never valid for another.
import {
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

import type { Signer, SigningPurpose } from '../ports/signer.ts'

type PurposeKeys = Record<SigningPurpose, KeyObject>

/** @param installationKeys of at least 32 bytes, the same on all nodes: the current key, then earlier ones, which still
 * verify what they signed */
export function createSigner(installationKeys: [Uint8Array, ...Uint8Array[]]): Signer {
  const [current, ...earlier] = installationKeys
  const keys = deriveKeys(current)
  const allKeys = [keys, ...earlier.map(deriveKeys)]
  return {
    signature: (purpose, payload) => signatureOf(keys[purpose], payload),
    sign: (purpose, payload) =>
      `${payload.toString('base64url')}.${signatureOf(keys[purpose], payload).toString('base64url')}`,
    verify: (purpose, token) => {
      const [encodedPayload, encodedSignature, ...rest] = token.split('.')
      if (!encodedPayload || !encodedSignature || rest.length > 0) return null
      const payload = Buffer.from(encodedPayload, 'base64url')
      const signature = Buffer.from(encodedSignature, 'base64url')
      const isOurs = allKeys.some((each) => {
        const expected = signatureOf(each[purpose], payload)
        return signature.length === expected.length && timingSafeEqual(signature, expected)
      })
      return isOurs ? payload : null
    },
  }
}

function deriveKeys(secretKey: Uint8Array): PurposeKeys {
  const keyOf = (purpose: SigningPurpose) =>
    // A key object: preparing a key for each signature costs five times as much as the signature.
    createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', `switchboard ${purpose}`, 32)))
  return {
    'meeting-link': keyOf('meeting-link'),
    'meeting-request': keyOf('meeting-request'),
    'proof-of-work': keyOf('proof-of-work'),
    'demo-identity': keyOf('demo-identity'),
    'event-cursor': keyOf('event-cursor'),
    budget: keyOf('budget'),
  }
}

const signatureOf = (key: KeyObject, payload: Buffer) => createHmac('sha256', key).update(payload).digest()

/** A bearer token of 256 random bits. */
export function createSecretToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/** The hash under which a secret token is stored. A plain hash is enough for 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
