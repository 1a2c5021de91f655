// Deadlines of calls to others, which pass in real time.
import { onTestFinished, vi } from 'vitest'

export interface ScaledDeadlines {
  /** The deadlines that were set, in milliseconds, as the application meant them. */
  meant: number[]
  /** Ends it; the end of the test does too. */
  end(): void
}

/** From now on a call to somebody who does not answer is given up after this many times the usual time: after less where
 * the test waits for it, after more where many calls at once are not to fail because the machine is busy. */
export function scaleDeadlines(times: number): ScaledDeadlines {
  const meant: number[] = []
  const original = AbortSignal.timeout
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    meant.push(milliseconds)
    return original.call(AbortSignal, Math.ceil(milliseconds * times))
  })
  const end = () => spy.mockRestore()
  onTestFinished(end)
  return { meant, end }
}
