// `npm run rotate-secrets`: seals the calendars' permissions with SECRETS_KEY that were sealed with one of
// PREVIOUS_SECRETS_KEYS. With DATABASE_URL nodes may run meanwhile; PGlite's folder must not be in use.
import { readConfig } from '../src/config.ts'
import { openPglite, openPostgres } from '../src/database/open.ts'
import { resealCredentials } from '../src/services/calendars/connection/reseal-credentials.ts'
import { installationKey } from '../src/services/identity/installation-key.ts'
import { createSecretBox } from '../src/services/identity/secret-box.ts'

const config = readConfig()
const { databaseUrl, dataFolder, secretsKey, previousSecretsKeys } = config
const database = databaseUrl === null ? await openPglite({ folder: dataFolder }) : openPostgres(databaseUrl)
try {
  // The key of an installation that was begun without SECRETS_KEY is in the database.
  const stored = await installationKey(database.client, new Date())
  const secrets = createSecretBox([secretsKey ?? stored, ...previousSecretsKeys, stored])
  const count = await resealCredentials({ database: database.client, secrets })
  console.log(
    `${count} permissions were sealed with the present key. PREVIOUS_SECRETS_KEYS can be left out now.`,
  )
} finally {
  await database.close()
}
