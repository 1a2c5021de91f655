// Remembers whether an installation ever had an identity provider. The demo gives everybody on the machine the token of an
// administrator, so real data must never be served that way, for example because a variable was lost.
import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/open.ts'
import { UnusableDatabaseError } from '../../database/unusable-database-error.ts'

/** To be called at every start.
 * @throws UnusableDatabaseError for the demo on a database that ever had a provider */
export async function recordSignInMode(
  database: Database,
  { mode, now }: { mode: 'DEMO' | 'OIDC'; now: Date },
): Promise<void> {
  const since = mode === 'OIDC' ? now : null
  const [installation] = await database.$queryRaw<{ providerSince: Date | null }[]>`
    INSERT INTO "Installation" AS known ("secretKey", "createdAt", "providerSince")
    VALUES (${randomBytes(32)}, ${now}::timestamptz, ${since}::timestamptz)
    ON CONFLICT ("id") DO UPDATE SET
      "providerSince" = coalesce(known."providerSince", excluded."providerSince")
    RETURNING "providerSince"`
  if (mode === 'OIDC' || !installation?.providerSince) return
  throw new UnusableDatabaseError(
    'The database belongs to an installation with an identity provider, and the demo would let everybody in as an administrator. Set AUTH_ISSUER and AUTH_AUDIENCE, or DATA_DIR or DATABASE_URL to another database.',
  )
}
