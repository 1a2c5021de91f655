import { describe, expect, it } from 'vitest'
import { oneBatchAtATime } from '../../src/server/one-batch-at-a-time.ts'

/** Batches that last until the test ends them. */
function startBatches({ most = 10 } = {}) {
  const started: { items: number[]; end: PromiseWithResolvers<string> }[] = []
  const add = oneBatchAtATime(
    (items: number[]) => {
      const end = Promise.withResolvers<string>()
      started.push({ items, end })
      return end.promise
    },
    { most },
  )
  /** Lets all pending promise callbacks run. */
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { started, add, settled }
}

describe('one batch at a time', () => {
  it('gathers items that arrive during a batch into the next one, and answers each caller with its result', async () => {
    const { started, add, settled } = startBatches()
    const first = add([1])
    await settled()
    const others = [add([2]), add([3, 4]), add([5])]
    await settled()
    expect(started.map(({ items }) => items)).toEqual([[1]])
    started[0]?.end.resolve('first')
    expect(await first).toBe('first')
    await settled()
    expect(started.map(({ items }) => items)).toEqual([[1], [2, 3, 4, 5]])
    started[1]?.end.resolve('second')
    expect(await Promise.all(others)).toEqual(['second', 'second', 'second'])
  })

  it('refuses a whole call beyond its limit, and accepts calls again once there is room', async () => {
    const { started, add, settled } = startBatches({ most: 2 })
    void add([1])
    await settled()
    const waiting = add([2])
    expect(await add([3, 4])).toBeNull()
    void add([5])
    expect(await add([6])).toBeNull()
    started[0]?.end.resolve('done')
    await settled()
    started[1]?.end.resolve('done')
    expect(await waiting).toBe('done')
    void add([7])
    await settled()
    expect(started.map(({ items }) => items)).toEqual([[1], [2, 5], [7]])
  })

  it('continues with the next batch after one that failed', async () => {
    const { started, add, settled } = startBatches()
    const failing = add([1])
    await settled()
    const next = add([2])
    started[0]?.end.reject(new Error('in vain'))
    await expect(failing).rejects.toThrow('in vain')
    await settled()
    started[1]?.end.resolve('done')
    expect(await next).toBe('done')
  })
})
