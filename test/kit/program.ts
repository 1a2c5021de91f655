// Runs the program as `npm start` does, as a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
/** With what .ci/run sets, every start after the first takes less time. */
const INHERITED = { PATH, HOME, ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}) }

export interface Program {
  process: ChildProcess
  /** All that it has written to stdout. */
  output(): string
  /** All that it has written to stderr. */
  errors(): string
  /** Resolves when the process has ended; null if a signal ended it. */
  exitCode: Promise<number | null>
}

/** @param environment what differs from the defaults; the port is any free one unless PORT is given */
export function startProgram(environment: Record<string, string>): Program {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: ROOT,
    env: { ...INHERITED, PORT: '0', ...environment },
  })
  const exitCode = once(child, 'close').then(([code]: (number | null)[]) => code ?? null)
  return { process: child, output: collect(child.stdout), errors: collect(child.stderr), exitCode }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}
