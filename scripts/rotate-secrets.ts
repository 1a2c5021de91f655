// `npm run rotate-secrets` encrypts the calendar credentials with SECRETS_KEY that are still encrypted with one of
// PREVIOUS_SECRETS_KEYS. With DATABASE_URL nodes may run meanwhile; without it, no other process may use the data
// folder.
import { readConfig } from '../src/config/read-config.ts'
import { openPglite, reachPostgres } from '../src/database/open.ts'
import { resealCredentials } from '../src/services/calendars/connection/reseal-credentials.ts'
import { installationKey } from '../src/services/identity/installation-key.ts'
import { createSecretBox } from '../src/services/identity/secret-box.ts'

const config = readConfig()
const { databaseUrl, dataFolder, secretsKey, previousSecretsKeys } = config
const database =
  databaseUrl === null ? await openPglite({ folder: dataFolder }) : await reachPostgres(databaseUrl)
try {
  // An installation that started without SECRETS_KEY has its key in the database.
  const stored = await installationKey(database.client, new Date())
  const secrets = createSecretBox([secretsKey ?? stored, ...previousSecretsKeys, stored])
  const count = await resealCredentials({ database: database.client, secrets })
  console.log(
    `${count} calendar credentials were encrypted with the present key. Keep PREVIOUS_SECRETS_KEYS as long as links that they signed must work.`,
  )
} finally {
  await database.close()
}
