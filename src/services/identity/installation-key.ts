import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/open.ts'

/** Reads the secret key of this installation, for when SECRETS_KEY is not set. The first start creates it in the database,
 * so that all nodes share it. */
export async function installationKey(database: Database, now: Date): Promise<Uint8Array> {
  await database.$executeRaw`
    INSERT INTO "Installation" ("secretKey", "createdAt") VALUES (${randomBytes(32)}, ${now}::timestamptz)
    ON CONFLICT DO NOTHING`
  const { secretKey } = await database.installation.findUniqueOrThrow({ where: { id: 1 } })
  return secretKey
}
