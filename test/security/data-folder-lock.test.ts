// Two processes on one data folder would corrupt it. The tests start real processes, like `npm start`.
import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { isRunning, newFolder, START_DEADLINE_MS, startProgram } from '../kit/program.ts'

it(
  'refuses to start on a data folder that another process has open, and starts once that process has stopped',
  async () => {
    const folder = await newFolder()
    const first = startProgram({ DATA_DIR: folder })
    await isRunning(first)

    const second = startProgram({ DATA_DIR: folder })
    expect(await second.exitCode).toBe(1)
    expect(second.errors()).toContain(`is open in process ${first.process.pid}`)
    expect(second.errors()).not.toMatch(/^\s+at /m)

    first.process.kill('SIGTERM')
    expect(await first.exitCode).toBe(0)
    const third = startProgram({ DATA_DIR: folder })
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
    const first = startProgram({ DATA_DIR: folder }, { inContainer: true })
    await isRunning(first)

    const second = startProgram({ DATA_DIR: folder }, { inContainer: true })
    expect(await second.exitCode).toBe(1)
    expect(second.errors()).toContain(`The data folder ${folder} is open in process 1 on ${hostname()}.`)

    first.process.kill('SIGKILL')
    await first.exitCode
    const third = startProgram({ DATA_DIR: folder }, { inContainer: true })
    await isRunning(third)
  },
  3 * START_DEADLINE_MS,
)
