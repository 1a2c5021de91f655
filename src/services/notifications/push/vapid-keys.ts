import { randomBytes } from 'node:crypto'
import webPush from 'web-push'
import type { Database } from '../../../database/open.ts'

/** The key pair that identifies this installation to push services (RFC 8292), base64url. */
export interface VapidKeys {
  publicKey: string
  privateKey: string
}

/** Creates the pair at the first start and stores it in the database, so that all nodes share it. Browsers subscribe
 * with the public key, and messages signed with another pair would not reach them. */
export async function vapidKeys(database: Database, now: Date): Promise<VapidKeys> {
  const made = webPush.generateVAPIDKeys()
  // When two nodes start at the same time, the second waits for the first and reads its pair.
  const [kept] = await database.$queryRaw<VapidKeys[]>`
    INSERT INTO "Installation" AS known ("secretKey", "vapidPublicKey", "vapidPrivateKey", "createdAt")
    VALUES (${randomBytes(32)}, ${made.publicKey}, ${made.privateKey}, ${now}::timestamptz)
    ON CONFLICT ("id") DO UPDATE SET
      "vapidPublicKey" = coalesce(known."vapidPublicKey", excluded."vapidPublicKey"),
      "vapidPrivateKey" = coalesce(known."vapidPrivateKey", excluded."vapidPrivateKey")
    RETURNING "vapidPublicKey" AS "publicKey", "vapidPrivateKey" AS "privateKey"`
  return kept ?? made
}
