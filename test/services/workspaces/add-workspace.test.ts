// What an operator does with `npm run workspace`.
import { expect, it, onTestFinished } from 'vitest'
import { addWorkspace } from '../../../src/services/workspaces/add-workspace.ts'
import { createFirstWorkspace } from '../../../src/services/workspaces/first-workspace.ts'
import { listWorkspaces } from '../../../src/services/workspaces/list-workspaces.ts'
import { startApp } from '../../kit/app.ts'
import { createPostgresDatabase, onPostgres } from '../../kit/database.ts'
import { newFolder, startProgram } from '../../kit/program.ts'
import { useApp } from '../../kit/scene.ts'

const app = useApp(startApp, { perTest: true })
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
  expect(await services.database.workspace.count()).toBe(1)
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
  const script = ['scripts/workspace.ts', 'create', '--name', 'Globex', '--admin', 'hank@globex.test']
  const command = startProgram(await emptyDatabase(), { script })
  expect([await command.exitCode, command.errors()]).toEqual([0, ''])
  expect(command.output()).toMatch(/^Globex \(UTC\)\n {2}id +\w+=*\n {2}public key +pk_\S+\n {2}agents +1\n/)
  const [, id = ''] = /id +(\S+)/.exec(command.output()) ?? []
  expect(Buffer.from(id, 'base64').toString()).toMatch(/^Workspace:/)
  expect(command.output()).toContain('hank@globex.test')
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
