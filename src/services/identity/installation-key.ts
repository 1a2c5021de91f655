import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/open.ts'

/** The secret key of this installation when SECRETS_KEY does not give one: made at the first start and kept
 * in the database, so that all nodes have the same. */
export async function installationKey(database: Database, now: Date): Promise<Uint8Array> {
  await database.$executeRaw`
    INSERT INTO "Installation" ("secretKey", "createdAt") VALUES (${randomBytes(32)}, ${now}::timestamptz)
    ON CONFLICT DO NOTHING`
  const { secretKey } = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  return secretKey
}
