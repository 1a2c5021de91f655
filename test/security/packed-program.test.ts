// What is deployed is a package (`npm run package`). It needs nothing of the repository, and nothing that only development
// needs.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createPostgresDatabase, onPostgres } from '../kit/database.ts'
import { newFolder } from '../kit/program.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../..')
/** Node, which is an optional dependency, is taken from here: it is the largest one. */
const NODE = join(ROOT, 'node_modules/.bin/node')
const INSTALL = ['ci', '--omit=optional', '--prefer-offline', '--no-audit', '--no-fund']
const DEADLINE_MS = 400_000

it(
  'is a package that installs and starts without development dependencies',
  async () => {
    const folder = await newFolder()
    const { stdout } = await run(NODE, ['scripts/package.ts', folder], { cwd: ROOT })
    await run('tar', ['xzf', stdout.trim()], { cwd: folder })
    const program = join(folder, 'package')
    for (const absent of ['test', 'package-lock.json', '.git'])
      expect(existsSync(join(program, absent))).toBe(false)
    const { PATH, HOME } = process.env
    await run('npm', INSTALL, { cwd: program, env: { PATH, HOME } })
    for (const absent of ['prisma', 'react', 'mysql2', 'typescript', 'vitest']) {
      expect(existsSync(join(program, 'node_modules', absent))).toBe(false)
    }
    const started = spawn(NODE, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
      cwd: program,
      env: { PATH, HOME, PORT: '0', DATABASE_CONNECTIONS: '8', DEMO_ACTIVITY: 'off', ...(await database()) },
    })
    onTestFinished(() => void started.kill('SIGKILL'))
    let output = ''
    const note = (text: Buffer) => {
      output += text
    }
    for (const stream of [started.stdout, started.stderr]) stream.on('data', note)
    const url = await vi.waitUntil(() => /^Switchboard is listening on (http:\S+)\.$/m.exec(output)?.[1], {
      timeout: DEADLINE_MS,
      interval: 50,
    })
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    expect(await (await fetch(`${url}/demo`)).text()).toContain('Olivia Martin')
    const exit = once(started, 'exit')
    started.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  },
  DEADLINE_MS,
)

async function database(): Promise<Record<string, string>> {
  if (!onPostgres()) return { DATA_DIR: await newFolder() }
  const { url, drop } = await createPostgresDatabase()
  onTestFinished(drop)
  return { DATABASE_URL: url, DATA_DIR: await newFolder() }
}
