// The program as `npm start` runs it, for tests of how it starts and ends. It is killed when the test is over.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'

export const START_DEADLINE_MS = 120_000
/** As in `npm start`. */
const FLAGS = ['--disable-warning=ExperimentalWarning']
/** Runs a command as process 1 of a new process namespace, and kills it when it is killed itself. This takes root. */
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child=SIGKILL']

export interface Program {
  process: ChildProcess
  output(): string
  errors(): string
  exitCode: Promise<number | null>
}

/** @param options.inContainer whether the program is process 1 of its own process namespace, as in a container */
export function startProgram(environment: Record<string, string>, { inContainer = false } = {}): Program {
  const root = join(import.meta.dirname, '../..')
  const node = join(root, 'node_modules/.bin/node')
  const [command = node, ...args] = [...(inContainer ? CONTAINER : []), node, ...FLAGS, 'src/main.ts']
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

export const isRunning = ({ output }: Program) =>
  vi.waitFor(() => expect(output()).toContain('Switchboard is listening'), { timeout: START_DEADLINE_MS })

/** @returns an empty folder, which is removed after the test */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
