// Two processes on one data folder would corrupt it. The tests start real processes, like `npm start`.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'

const START_DEADLINE_MS = 120_000
/** Runs a command as process 1 of a new process namespace, and kills it when it is killed itself. This takes root. */
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child=SIGKILL']

interface Program {
  process: ChildProcess
  output(): string
  errors(): string
  exitCode: Promise<number | null>
}

/** @param options.inContainer whether the program is process 1 of its own process namespace, as in a container */
function start(environment: Record<string, string>, { inContainer = false } = {}): Program {
  const root = join(import.meta.dirname, '../..')
  const node = join(root, 'node_modules/.bin/node')
  const [command = node, ...args] = [...(inContainer ? CONTAINER : []), node, 'src/main.ts']
  const child = spawn(command, args, {
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

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

it(
  'refuses to start on a data folder that another process has open, and starts once that process has stopped',
  async () => {
    const folder = await newFolder()
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

it.skipIf(process.platform !== 'linux')(
  'refuses to start in a second container on the same data folder, and starts once the first was killed',
  async () => {
    const folder = await newFolder()
    const first = start({ DATA_DIR: folder }, { inContainer: true })
    await isRunning(first)

    const second = start({ DATA_DIR: folder }, { inContainer: true })
    expect(await second.exitCode).toBe(1)
    expect(second.errors()).toContain(`The data folder ${folder} is open in process 1 on ${hostname()}.`)

    first.process.kill('SIGKILL')
    await first.exitCode
    const third = start({ DATA_DIR: folder }, { inContainer: true })
    await isRunning(third)
  },
  3 * START_DEADLINE_MS,
)
