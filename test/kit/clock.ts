// A clock that stands still until a test moves it. What is to happen at an instant happens when it is passed, or at once if
// it has passed already, as on the real clock.
import type { Clock } from '../../src/services/context.ts'

export interface TestClock extends Clock {
  set(instant: string): void
  advance(milliseconds: number): void
}

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export function createTestClock(instant: string): TestClock {
  let now = new Date(instant).getTime()
  const alarms = new Set<{ time: number; action: () => void }>()
  const ring = () => {
    for (const alarm of [...alarms].sort((one, other) => one.time - other.time)) {
      if (alarm.time <= now && alarms.delete(alarm)) alarm.action()
    }
  }
  const moveTo = (time: number) => {
    now = time
    ring()
  }
  return {
    now: () => new Date(now),
    at: (time, action) => {
      const alarm = { time: time.getTime(), action }
      alarms.add(alarm)
      if (alarm.time <= now) setImmediate(ring)
      return () => alarms.delete(alarm)
    },
    set: (next) => moveTo(new Date(next).getTime()),
    advance: (milliseconds) => moveTo(now + milliseconds),
  }
}
