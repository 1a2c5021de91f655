import { vi } from 'vitest'
import type { TestApp } from './app.ts'

/** Runs `action` once, right before the next transaction of the application begins: what another client does after a call
 * has read what it goes by, and before it writes. */
export function beforeTransaction({ app }: Pick<TestApp, 'app'>, action: () => Promise<unknown>): void {
  const { database } = app.services
  const run = database.$transaction.bind(database) as (...given: unknown[]) => Promise<unknown>
  const spy = vi.spyOn(database, '$transaction').mockImplementationOnce((async (...given: unknown[]) => {
    spy.mockRestore()
    await action()
    return run(...given)
  }) as never)
}
