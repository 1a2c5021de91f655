// `npm run workspace` creates and lists the workspaces of an installation. To create one migrates the database, like a
// start; to list them changes nothing. With DATABASE_URL nodes may run meanwhile;
// without it, no other process may use the data folder.
import { parseArgs } from 'node:util'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { readConfig } from '../src/config/read-config.ts'
import { migrate, requireMigrated } from '../src/database/migrate.ts'
import { openPglite, reachPostgres } from '../src/database/open.ts'
import { AppError } from '../src/errors.ts'
import { explainFailure } from '../src/server/start-failure.ts'
import { addWorkspace } from '../src/services/workspaces/add-workspace.ts'
import { listWorkspaces } from '../src/services/workspaces/list-workspaces.ts'

const USAGE = `Usage:
  npm run workspace -- list
  npm run workspace -- create --name Acme --admin ada@acme.example --time-zone Europe/Berlin

The administrator signs in with that e-mail address at the provider (AUTH_ISSUER), and sets up the rest.`

/** @returns the exit code */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, admin: { type: 'string' }, 'time-zone': { type: 'string' } },
  })
  const { name = '', admin = '', 'time-zone': timeZone = 'UTC' } = values
  const [command, ...others] = positionals
  if (others.length > 0 || (command !== 'list' && command !== 'create')) {
    console.error(USAGE)
    return 2
  }
  const { databaseUrl, dataFolder } = readConfig()
  if (databaseUrl === null && dataFolder === null) {
    console.error(
      'DATA_DIR=memory: each process has a memory of its own. Set DATA_DIR to a folder, or DATABASE_URL.',
    )
    return 2
  }
  const database =
    databaseUrl === null ? await openPglite({ folder: dataFolder }) : await reachPostgres(databaseUrl)
  try {
    if (command === 'list') await requireMigrated(database)
    else {
      await migrate(database)
      const clock = { now: () => new Date(), at: () => () => {} }
      await addWorkspace({ database: database.client, clock }, { name, admin, timeZone })
    }
    for (const workspace of await listWorkspaces(database.client)) {
      console.log(`${workspace.name} (${workspace.timeZone})`)
      console.log(`  id              ${encodeGlobalID('Workspace', workspace.id)}`)
      console.log(`  public key      ${workspace.publicKey}`)
      console.log(`  agents          ${workspace.agents}`)
      console.log(`  administrators  ${workspace.administrators.join(', ')}`)
    }
    return 0
  } finally {
    await database.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  // What parseArgs throws is for the user too.
  const isUsage = error instanceof AppError || (error instanceof TypeError && 'code' in error)
  const { message, exitCode } = isUsage ? { message: error.message, exitCode: 2 } : explainFailure(error)
  console.error(message)
  process.exitCode = exitCode
}
