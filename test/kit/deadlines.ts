// Deadlines of calls to others, which pass in real time.
import { onTestFinished, vi } from 'vitest'
import type { LoggedRequest, RequestLog } from '../emulators/request-log.ts'

/** Also while a test has put something in its place. */
const { timeout: realTimeout } = AbortSignal
const LOOK_EVERY_MS = 10

export interface Deadlines {
  /** The deadlines that were set, in milliseconds, as the application meant them. */
  meant: number[]
  /** Ends it; the end of the test does too. */
  end(): void
}

/** From now on a call to somebody who does not answer is given up after this many times the usual time: after more where
 * it is to go well on a busy machine too. */
export const scaleDeadlines = (times: number): Deadlines =>
  replaceDeadlines((milliseconds) => realTimeout.call(AbortSignal, Math.ceil(milliseconds * times)))

export interface HeldDeadlines extends Deadlines {
  /** Those of the calls under way pass. */
  pass(): void
}

/** From now on a call to somebody who does not answer is given up when the test says so, and not before: what is only slow
 * on a busy machine is waited for. */
export function holdDeadlines(): HeldDeadlines {
  const held = new Set<AbortController>()
  const deadlines = replaceDeadlines(() => {
    const deadline = new AbortController()
    held.add(deadline)
    return deadline.signal
  })
  const pass = () => {
    for (const deadline of held) deadline.abort(new DOMException('Timed out', 'TimeoutError'))
    held.clear()
  }
  return { ...deadlines, pass }
}

/** Calls an emulator that does not answer some request: when that request hangs there, the deadlines of the call pass, and
 * not before. */
export async function giveUpWhenHung<Answer>(
  { log }: { log: RequestLog },
  call: () => Promise<Answer>,
): Promise<Answer> {
  const before = log.all.at(-1)?.number ?? 0
  const deadlines = holdDeadlines()
  const timer = setInterval(() => {
    if (log.all.some((request) => request.number > before && isHung(request))) deadlines.pass()
  }, LOOK_EVERY_MS)
  try {
    return await call()
  } finally {
    clearInterval(timer)
    deadlines.end()
  }
}

const isHung = ({ inFlight, fault, answer }: LoggedRequest): boolean =>
  inFlight && (fault === 'hang' || (fault === 'hang-after-commit' && answer !== undefined))

function replaceDeadlines(timeout: (milliseconds: number) => AbortSignal): Deadlines {
  const meant: number[] = []
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    meant.push(milliseconds)
    return timeout(milliseconds)
  })
  const end = () => spy.mockRestore()
  onTestFinished(end)
  return { meant, end }
}
