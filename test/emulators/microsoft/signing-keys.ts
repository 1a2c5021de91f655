// The signing key of the identity platform.
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

export interface SigningKeys {
  /** The answer of `/{tenant}/discovery/v2.0/keys`. */
  jwks(): { keys: object[] }
  /** @returns a JWT with exactly these claims, signed with RS256 */
  sign(claims: object): string
}

export function createSigningKeys(): SigningKeys {
  return {
    jwks: () => ({ keys: [theKey().jwk] }),
    sign: (claims) => {
      const { privateKey, jwk } = theKey()
      const parts = [{ typ: 'JWT', alg: 'RS256', kid: jwk.kid }, claims]
      const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
    },
  }
}

let key: ReturnType<typeof createKey> | undefined

/** All emulators of a process share one key, because generating one is slow. */
function theKey(): ReturnType<typeof createKey> {
  key ??= createKey()
  return key
}

function createKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const kid = randomBytes(20).toString('base64url')
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } }
}
