// What an operator does with `npm run workspace`.
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../../src/database/migrate.ts'
import { openPglite, openPostgres } from '../../../src/database/open.ts'
import { addWorkspace } from '../../../src/services/workspaces/add-workspace.ts'
import { createFirstWorkspace } from '../../../src/services/workspaces/first-workspace.ts'
import { listWorkspaces } from '../../../src/services/workspaces/list-workspaces.ts'
import { startApp } from '../../kit/app.ts'
import { createPostgresDatabase, onPostgres } from '../../kit/database.ts'
import { newFolder, startProgram } from '../../kit/program.ts'
import { useApp } from '../../kit/scene.ts'

const app = useApp(startApp, { perTest: true })
const LIST = ['scripts/workspace.ts', 'list']
const GLOBEX = { name: 'Globex', timeZone: 'America/New_York', admin: 'Hank@Globex.test' }

it('adds a workspace with its administrator to an installation that has others', async () => {
  const { services } = app.app
  await createFirstWorkspace(services, 'root@acme.test')
  const { id, publicKey } = await addWorkspace(services, GLOBEX)
  expect(await listWorkspaces(services.database)).toEqual([
    expect.objectContaining({ name: 'Switchboard', administrators: ['root@acme.test'] }),
    {
      id,
      publicKey,
      name: 'Globex',
      timeZone: 'America/New_York',
      agents: 1,
      administrators: ['hank@globex.test'],
    },
  ])
})

it('is not done twice by mistake, also at the same time', async () => {
  const { services } = app.app
  const results = await Promise.allSettled([1, 2].map(() => addWorkspace(services, GLOBEX)))
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await expect(addWorkspace(services, GLOBEX)).rejects.toMatchObject({ code: 'CONFLICT' })
  const inLowerCase = addWorkspace(services, { ...GLOBEX, name: 'globex' })
  await expect(inLowerCase).rejects.toThrow('There is a workspace with the name Globex already.')
  expect(await services.database.workspace.count()).toBe(1)
  await addWorkspace(services, { ...GLOBEX, name: 'Globe_' })
  await addWorkspace(services, { ...GLOBEX, name: 'Glob%' })
})

it.each([
  ['name', { name: ' ' }],
  ['timeZone', { timeZone: 'Mars/Olympus' }],
  ['admin', { admin: 'hank' }],
])('refuses a wrong %s, which the error names', async (field, wrong) => {
  const added = addWorkspace(app.app.services, { ...GLOBEX, ...wrong })
  await expect(added).rejects.toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: [field] }] })
})

it('is a command, which lists the workspaces afterwards', async () => {
  const environment = await emptyDatabase()
  const script = ['scripts/workspace.ts', 'create', '--name', 'Globex', '--admin', 'hank@globex.test']
  const command = startProgram(environment, { script })
  expect([await command.exitCode, command.errors()]).toEqual([0, ''])
  expect(command.output()).toMatch(/^Globex \(UTC\)\n {2}id +\w+=*\n {2}public key +pk_\S+\n {2}agents +1\n/)
  const [, id = ''] = /id +(\S+)/.exec(command.output()) ?? []
  expect(Buffer.from(id, 'base64').toString()).toMatch(/^Workspace:/)
  expect(command.output()).toContain('hank@globex.test')
  const list = startProgram(environment, { script: LIST })
  expect([await list.exitCode, list.output()]).toEqual([0, command.output()])
})

it.runIf(onPostgres())(
  'is listed without a migration of the database, which must be up to date',
  async () => {
    const environment = await emptyDatabase()
    const database = openPostgres(environment.DATABASE_URL ?? '')
    onTestFinished(() => database.close())
    await database.client.$executeRaw`
    DELETE FROM "_prisma_migrations" WHERE "migration_name" = (SELECT max("migration_name") FROM "_prisma_migrations")`
    const readMigrations = () => database.client.$queryRaw`SELECT * FROM "_prisma_migrations" ORDER BY "id"`
    const before = await readMigrations()
    const list = startProgram(environment, { script: LIST })
    expect([await list.exitCode, list.output()]).toEqual([1, ''])
    expect(list.errors()).toMatch(/^The database is empty, or an earlier version wrote it\. .*\n$/)
    expect(await readMigrations()).toEqual(before)
  },
)

it('lets an administrator sign in with another account, by a command', async () => {
  const environment = await emptyDatabase()
  const open = () =>
    environment.DATABASE_URL === undefined
      ? openPglite({ folder: environment.DATA_DIR ?? null })
      : openPostgres(environment.DATABASE_URL)
  const before = await open()
  await migrate(before)
  const { database, clock } = { database: before.client, clock: app.clock }
  await addWorkspace({ database, clock }, GLOBEX)
  await database.agent.updateMany({ data: { oidcSubject: 'lost' } })
  await before.close()
  const reset = (admin: string) =>
    startProgram(environment, {
      script: ['scripts/workspace.ts', 'reset-sign-in', '--name', 'Globex', '--admin', admin],
    })
  const unknown = reset('grace@globex.test')
  expect([await unknown.exitCode, unknown.errors()]).toEqual([2, 'The agent was not found.\n'])
  const known = reset('Hank@Globex.test')
  expect([await known.exitCode, known.output()]).toEqual([
    0,
    'The next account that signs in with hank@globex.test is hank@globex.test of Globex.\n',
  ])
  const after = await open()
  onTestFinished(() => after.close())
  expect(await after.client.agent.findMany()).toMatchObject([{ oidcSubject: null }])
})

it('names the options that are wrong, each on a line', async () => {
  const script = ['scripts/workspace.ts', 'create', '--admin', 'hank', '--time-zone', 'Mars/Olympus']
  const command = startProgram(await emptyDatabase(), { script })
  expect([await command.exitCode, command.output()]).toEqual([2, ''])
  const [name, timeZone, admin, ...others] = command.errors().trim().split('\n')
  expect(name).toBe('--name: Must not be empty.')
  expect(timeZone).toMatch(/^--time-zone: Must be /)
  expect(admin).toMatch(/^--admin: Must be an e-mail address/)
  expect(others).toEqual([])
})

it('explains itself', async () => {
  const command = startProgram({}, { script: ['scripts/workspace.ts', 'create', '--help'] })
  expect([await command.exitCode, command.errors()]).toEqual([0, ''])
  expect(command.output()).toContain('npm run workspace -- create --name Acme')
})

it('is refused in a memory that ends with the command', async () => {
  const script = ['scripts/workspace.ts', 'create', '--name', 'Globex', '--admin', 'hank@globex.test']
  const command = startProgram({ DATA_DIR: 'memory' }, { script })
  expect([await command.exitCode, command.output()]).toEqual([2, ''])
  expect(command.errors()).toMatch(/^DATA_DIR=memory: /)
})

it('is explained by the command, without a database', async () => {
  const command = startProgram(
    { DATABASE_URL: 'postgres://127.0.0.1:9/none' },
    { script: ['scripts/workspace.ts'] },
  )
  expect(await command.exitCode).toBe(2)
  expect(command.errors()).toContain('npm run workspace -- create --name Acme')
})

async function emptyDatabase(): Promise<Record<string, string>> {
  if (!onPostgres()) return { DATA_DIR: await newFolder() }
  const { url, drop } = await createPostgresDatabase()
  onTestFinished(drop)
  return { DATABASE_URL: url }
}
