// The program as `npm start` runs it, as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { GENEROUS_BUDGETS_VARIABLE, GENEROUS_HOLDS, GENEROUS_MEETINGS } from './generous-budgets.ts'

const ROOT = join(import.meta.dirname, '../..')
const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
/** With what .ci/run sets, every start after the first takes less time. Several workers start several nodes on one
 * Postgres, whose connections must suffice for all of them. Tests book and count meetings of their own. */
const INHERITED = {
  PATH,
  HOME,
  // Nothing of a test stays in the checkout.
  DATA_DIR: 'memory',
  DATABASE_CONNECTIONS: '10',
  DEMO_ACTIVITY: 'off',
  BUDGETS: GENEROUS_BUDGETS_VARIABLE,
  MAX_HOLDS_PER_ADDRESS: `${GENEROUS_HOLDS.perAddress}`,
  MAX_HOLDS_PER_AGENT_DAY: `${GENEROUS_HOLDS.perAgentDay}`,
  MAX_UNCONFIRMED_MEETINGS: `${GENEROUS_MEETINGS}`,
  ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}),
}

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

interface ProgramOptions {
  inContainer?: boolean
  script?: string[]
}

/** Its temporary files, mails among them, are removed once it has ended.
 * @param environment what differs from the defaults; the port is any free one unless PORT is given
 * @param options.script another script than the program, with its arguments
 * @param options.inContainer whether the program is process 1 of its own process namespace, as in a container */
export function spawnProgram(
  environment: Record<string, string>,
  { inContainer = false, script = ['src/main.ts'] }: ProgramOptions = {},
): Program {
  const node = join(ROOT, 'node_modules/.bin/node')
  const [command = node, ...args] = [...(inContainer ? CONTAINER : []), node, ...FLAGS, ...script]
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-program-'))
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...INHERITED, PORT: '0', TMPDIR: folder, ...environment },
  })
  child.once('close', () => rmSync(folder, { recursive: true, force: true }))
  const exitCode = once(child, 'close').then(([code]: (number | null)[]) => code ?? null)
  return { process: child, output: collect(child.stdout), errors: collect(child.stderr), exitCode }
}

/** Like `spawnProgram`, for one test: the program is killed when it is over. */
export function startProgram(environment: Record<string, string>, options?: ProgramOptions): Program {
  const program = spawnProgram(environment, options)
  onTestFinished(async () => {
    program.process.kill('SIGKILL')
    await program.exitCode
  })
  return program
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

export const isRunning = ({ output }: Program) =>
  vi.waitFor(() => expect(output()).toContain('Switchboard is listening'), { timeout: START_DEADLINE_MS })

/** @returns an empty folder, which is removed after the test */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-lock-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
