// Browsers that agents register for Web Push.
import { createECDH, randomBytes } from 'node:crypto'

let number = 0

/** As a browser describes itself. */
export function createBrowser() {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  return {
    endpoint: `https://push.example/wpush/v2/${++number}`,
    p256dh: keys.getPublicKey('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
}
