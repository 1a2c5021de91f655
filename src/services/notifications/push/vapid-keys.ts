import { randomBytes } from 'node:crypto'
import webPush from 'web-push'
import type { Database } from '../../../database/open.ts'

/** The pair of keys by which push services know this installation (RFC 8292), base64url. */
export interface VapidKeys {
  publicKey: string
  privateKey: string
}

/** Made at the first start and kept in the database, so that all nodes have the same: browsers subscribe with the public
 * one, and with another pair none of them could be told anything. */
export async function vapidKeys(database: Database, now: Date): Promise<VapidKeys> {
  const made = webPush.generateVAPIDKeys()
  // Of nodes that start at the same time the second waits for the first, and finds its pair.
  const [kept] = await database.$queryRaw<VapidKeys[]>`
    INSERT INTO "Installation" AS known ("secretKey", "vapidPublicKey", "vapidPrivateKey", "createdAt")
    VALUES (${randomBytes(32)}, ${made.publicKey}, ${made.privateKey}, ${now}::timestamptz)
    ON CONFLICT ("id") DO UPDATE SET
      "vapidPublicKey" = coalesce(known."vapidPublicKey", excluded."vapidPublicKey"),
      "vapidPrivateKey" = coalesce(known."vapidPrivateKey", excluded."vapidPrivateKey")
    RETURNING "vapidPublicKey" AS "publicKey", "vapidPrivateKey" AS "privateKey"`
  return kept ?? made
}
