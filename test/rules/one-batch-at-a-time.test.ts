import { describe, expect, it } from 'vitest'
import { oneBatchAtATime } from '../../src/server/one-batch-at-a-time.ts'

/** Batches that last until they are told to end. */
function startBatches({ most = 10 } = {}) {
  const begun: { items: number[]; end: PromiseWithResolvers<string> }[] = []
  const add = oneBatchAtATime(
    (items: number[]) => {
      const end = Promise.withResolvers<string>()
      begun.push({ items, end })
      return end.promise
    },
    { most },
  )
  /** Lets everything happen that can happen now. */
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { begun, add, settled }
}

describe('one batch at a time', () => {
  it('puts what comes during a batch into one more, and answers each what became of its own', async () => {
    const { begun, add, settled } = startBatches()
    const first = add([1])
    await settled()
    const others = [add([2]), add([3, 4]), add([5])]
    await settled()
    expect(begun.map(({ items }) => items)).toEqual([[1]])
    begun[0]?.end.resolve('first')
    expect(await first).toBe('first')
    await settled()
    expect(begun.map(({ items }) => items)).toEqual([[1], [2, 3, 4, 5]])
    begun[1]?.end.resolve('second')
    expect(await Promise.all(others)).toEqual(['second', 'second', 'second'])
  })

  it('takes nothing of what is too much, and takes again once there is room', async () => {
    const { begun, add, settled } = startBatches({ most: 2 })
    void add([1])
    await settled()
    const waiting = add([2])
    expect(await add([3, 4])).toBeNull()
    void add([5])
    expect(await add([6])).toBeNull()
    begun[0]?.end.resolve('done')
    await settled()
    begun[1]?.end.resolve('done')
    expect(await waiting).toBe('done')
    void add([7])
    await settled()
    expect(begun.map(({ items }) => items)).toEqual([[1], [2, 5], [7]])
  })

  it('goes on after a batch that failed', async () => {
    const { begun, add, settled } = startBatches()
    const failing = add([1])
    await settled()
    const next = add([2])
    begun[0]?.end.reject(new Error('in vain'))
    await expect(failing).rejects.toThrow('in vain')
    await settled()
    begun[1]?.end.resolve('done')
    expect(await next).toBe('done')
  })
})
