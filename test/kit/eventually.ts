// Waiting for what happens by itself. The deadline is far off: only a test that fails meets it, also on a busy machine.
import { vi } from 'vitest'

/** Repeats a check until it passes.
 * @param check an expectation or a call, which may be asynchronous
 * @returns what the check returns
 * @throws what it threw last, after 45 s */
export const eventually = <Value>(check: () => Value | Promise<Value>): Promise<Value> =>
  vi.waitFor(check, { timeout: 45_000, interval: 20 })
