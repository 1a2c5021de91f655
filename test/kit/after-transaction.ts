import { vi } from 'vitest'
import type { TestApp } from './app.ts'

/** Runs `action` once, right after the next transaction of the application has committed and before anything else is
 * done with its outcome: what another client does at the same moment. */
export function afterTransaction({ app }: Pick<TestApp, 'app'>, action: () => Promise<unknown>): void {
  const { database } = app.services
  const run = database.$transaction.bind(database) as (...given: unknown[]) => Promise<unknown>
  const spy = vi.spyOn(database, '$transaction').mockImplementationOnce((async (...given: unknown[]) => {
    spy.mockRestore()
    const answer = await run(...given)
    await action()
    return answer
  }) as never)
}
