// `npm run workspace` creates and lists the workspaces of an installation, and lets an administrator sign in anew. To
// create one migrates the database, like a start; the others need one that is up to date. With DATABASE_URL nodes may
// run meanwhile; without it, no other process may use the data folder.
import { parseArgs } from 'node:util'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { readConfig } from '../src/config/read-config.ts'
import { migrate, requireMigrated } from '../src/database/migrate.ts'
import { type OpenDatabase, openPglite, reachPostgres } from '../src/database/open.ts'
import { AppError, InvalidInputError } from '../src/errors.ts'
import { explainFailure } from '../src/server/start-failure.ts'
import { resetSignInByEmail } from '../src/services/agents/reset-sign-in.ts'
import { addWorkspace } from '../src/services/workspaces/add-workspace.ts'
import { listWorkspaces } from '../src/services/workspaces/list-workspaces.ts'

const USAGE = `Usage:
  npm run workspace -- --help
  npm run workspace -- list
  npm run workspace -- create --name Acme --admin ada@acme.example --time-zone Europe/Berlin
  npm run workspace -- reset-sign-in --name Acme --admin ada@acme.example

The administrator signs in with that e-mail address at the provider (AUTH_ISSUER), and sets up the rest.
After reset-sign-in, the next account that signs in with the address is the administrator: for when none can
sign in any more. For all others there is the mutation resetSignIn.`

interface Options {
  name: string
  admin: string
  timeZone: string
}

const COMMANDS: Record<string, (database: OpenDatabase, options: Options) => Promise<void>> = {
  list: async (database) => {
    await requireMigrated(database)
    await print(database)
  },
  create: async (database, options) => {
    await migrate(database)
    await addWorkspace({ database: database.client, clock }, options)
    await print(database)
  },
  'reset-sign-in': async (database, { name, admin }) => {
    await requireMigrated(database)
    const agent = { workspaceName: name, email: admin.toLowerCase() }
    const reset = await resetSignInByEmail({ database: database.client, clock }, agent)
    console.log(`The next account that signs in with ${reset.email} is ${reset.name} of ${name}.`)
  },
}

const clock = { now: () => new Date(), at: () => () => {} }

/** @returns the exit code */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ name: { type: 'string' }, admin: { type: 'string' }, 'time-zone': { type: 'string' } },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const { name = '', admin = '', 'time-zone': timeZone = 'UTC' } = values
  const [command = '', ...others] = positionals
  const run = others.length === 0 && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (run === undefined) {
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
    await run(database, { name, admin, timeZone })
    return 0
  } finally {
    await database.close()
  }
}

async function print({ client }: OpenDatabase): Promise<void> {
  for (const workspace of await listWorkspaces(client)) {
    console.log(`${workspace.name} (${workspace.timeZone})`)
    console.log(`  id              ${encodeGlobalID('Workspace', workspace.id)}`)
    console.log(`  public key      ${workspace.publicKey}`)
    console.log(`  agents          ${workspace.agents}`)
    console.log(`  administrators  ${workspace.administrators.join(', ')}`)
  }
}

const OPTIONS: Record<string, string> = { name: '--name', admin: '--admin', timeZone: '--time-zone' }

/** @returns a line for each fault, with the option that has it */
function explain(error: Error): string {
  if (!(error instanceof InvalidInputError)) return error.message
  return error.issues.map(({ path, message }) => `${OPTIONS[path.join('.')]}: ${message}`).join('\n')
}

try {
  process.exitCode = await main()
} catch (error) {
  // What parseArgs throws is for the user too.
  const isUsage = error instanceof AppError || (error instanceof TypeError && 'code' in error)
  const { message, exitCode } = isUsage ? { message: explain(error), exitCode: 2 } : explainFailure(error)
  console.error(message)
  process.exitCode = exitCode
}
