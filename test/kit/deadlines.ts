// Deadlines of calls to others, which pass in real time.
import { onTestFinished, vi } from 'vitest'

export interface HurriedDeadlines {
  /** The deadlines that were set, in milliseconds, as the application meant them. */
  meant: number[]
  /** Ends the hurry; the end of the test does too. */
  end(): void
}

/** From now on a call to somebody who does not answer is given up this many times as soon. */
export function hurryDeadlines(times: number): HurriedDeadlines {
  const meant: number[] = []
  const original = AbortSignal.timeout
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    meant.push(milliseconds)
    return original.call(AbortSignal, milliseconds / times)
  })
  const end = () => spy.mockRestore()
  onTestFinished(end)
  return { meant, end }
}
