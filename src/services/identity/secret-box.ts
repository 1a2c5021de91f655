// Encrypts secrets that the product must read again, such as the credentials of a calendar, with AES-256-GCM under a key
// that is derived from the installation's. A sealed secret begins with the id of its key, so that keys can be rotated.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { SecretBox } from '../ports/secret-box.ts'

const CIPHER = 'aes-256-gcm'
const KEY_ID_BYTES = 8
const IV_BYTES = 12
const TAG_BYTES = 16

/** @param installationKeys the current key, then earlier ones, which still open what they sealed */
export function createSecretBox(installationKeys: [Uint8Array, ...Uint8Array[]]): SecretBox {
  const keys = installationKeys.map((secret) => {
    const key = Buffer.from(hkdfSync('sha256', secret, '', 'switchboard secrets', 32))
    const id = createHash('sha256').update('id of ').update(key).digest().subarray(0, KEY_ID_BYTES)
    return { id, key }
  })
  const [current] = keys
  if (current === undefined) throw new Error('There is no key for sealing secrets.')
  const idOf = (sealed: Uint8Array) => Buffer.from(sealed).subarray(0, KEY_ID_BYTES)
  return {
    seal: (secret, place) => {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, current.key, iv).setAAD(Buffer.from(place))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([current.id, iv, cipher.getAuthTag(), text])
    },
    open: (sealed, place) => {
      const found = keys.find(({ id }) => id.equals(idOf(sealed)))
      if (found === undefined) throw new Error('A stored secret was sealed with a key that is not known.')
      const [iv, tag, text] = parts(Buffer.from(sealed))
      const decipher = createDecipheriv(CIPHER, found.key, iv).setAAD(Buffer.from(place)).setAuthTag(tag)
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
    },
    isCurrent: (sealed) => idOf(sealed).equals(current.id),
  }
}

function parts(sealed: Buffer): [Buffer, Buffer, Buffer] {
  const ivEnd = KEY_ID_BYTES + IV_BYTES
  const tagEnd = ivEnd + TAG_BYTES
  return [sealed.subarray(KEY_ID_BYTES, ivEnd), sealed.subarray(ivEnd, tagEnd), sealed.subarray(tagEnd)]
}
