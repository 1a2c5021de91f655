// Two processes on one data folder would corrupt it. The tests start real processes, like `npm start`.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'

const START_DEADLINE_MS = 60_000

interface Program {
  process: ChildProcess
  output(): string
  errors(): string
  exitCode: Promise<number | null>
}

function start(environment: Record<string, string>): Program {
  const root = join(import.meta.dirname, '../..')
  const child = spawn(join(root, 'node_modules/.bin/node'), ['src/main.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...environment },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    errors += text
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exitCode = once(child, 'close').then(([code]) => code)
  return { process: child, output: () => output, errors: () => errors, exitCode }
}

const isRunning = ({ output }: Program) =>
  vi.waitFor(() => expect(output()).toContain('Switchboard is listening'), { timeout: START_DEADLINE_MS })

it(
  'refuses to start on a data folder that another process has open, and starts once that process has stopped',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-lock-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const first = start({ DATA_DIR: folder })
    await isRunning(first)

    const second = start({ DATA_DIR: folder })
    expect(await second.exitCode).toBe(1)
    expect(second.errors()).toContain(`is open in process ${first.process.pid}`)
    expect(second.errors()).not.toMatch(/^\s+at /m)

    first.process.kill('SIGTERM')
    expect(await first.exitCode).toBe(0)
    const third = start({ DATA_DIR: folder })
    await isRunning(third)
    third.process.kill('SIGTERM')
    expect(await third.exitCode).toBe(0)
  },
  3 * START_DEADLINE_MS,
)

it('reports every fault of the configuration, without a stack trace', async () => {
  const program = start({ PORT: 'many', HOST: '0.0.0.0', SMTP_URL: 'http://mail.acme.test' })
  expect(await program.exitCode).toBe(2)
  expect(program.errors()).toMatch(/PORT: /)
  expect(program.errors()).toMatch(/SMTP_URL: /)
  expect(program.errors()).not.toMatch(/^\s+at /m)
})
