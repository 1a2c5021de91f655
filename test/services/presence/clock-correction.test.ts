// A node whose machine has a wrong clock uses the database's time.
import { expect, it } from 'vitest'
import { Heartbeat } from '../../../src/services/presence/heartbeat.ts'
import { startAppForTest } from '../../kit/app.ts'

const SECOND = 1000

/** The clock of a machine that is ahead by so much. */
function createWrongClock(aheadMs: number) {
  let correctedMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs + correctedMs),
    at: () => () => {},
    correct: (byMs: number) => {
      correctedMs += byMs
    },
    errorMs: () => aheadMs + correctedMs,
  }
}

it.each([
  ['ahead of', 12],
  ['behind', -12],
])(
  'a clock that is 12 seconds %s the database is corrected, and reported once',
  async (direction, seconds) => {
    const { app } = await startAppForTest()
    const clock = createWrongClock(seconds * SECOND)
    const errors: unknown[] = []
    const heartbeat = new Heartbeat({
      ...app.services,
      clock,
      nodeId: '00000000-0000-7000-8000-000000000001',
      protectOwnLeases: async () => {},
      resume: async () => {},
      onError: (error) => errors.push(error),
    })
    await heartbeat.start()
    await heartbeat.beat()
    await heartbeat.stop()
    expect(Math.abs(clock.errorMs())).toBeLessThan(SECOND)
    expect(heartbeat.clockWarning).toContain(`${direction} the database's`)
    expect(errors.map(String)).toEqual([`Error: ${heartbeat.clockWarning}`])
  },
)
