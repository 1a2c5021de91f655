// Two processes on one data folder would corrupt it. The tests start real processes, like `npm start`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type Program, startProgram } from '../kit/program.ts'

const START_DEADLINE_MS = 60_000

function start(environment: Record<string, string>): Program {
  const program = startProgram(environment)
  onTestFinished(() => void program.process.kill('SIGKILL'))
  return program
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
