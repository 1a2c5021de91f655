import { describe, expect, it } from 'vitest'
import { FairTurns, MAX_AT_ONCE } from '../../src/services/booking/slots/fair-turns.ts'

/** Work that ends when it is told to.
 * @returns the names of what has started, in order */
function startAll(turns: FairTurns, asked: [workspaceId: string, caller: string, name: string][]) {
  const started: string[] = []
  let running = 0
  let most = 0
  const all = asked.map(([workspaceId, caller, name]) =>
    turns.take({ workspaceId, caller }, async () => {
      started.push(name)
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
      return name
    }),
  )
  return { started, done: Promise.all(all), most: () => most }
}

const many = (workspaceId: string, caller: string, count: number) =>
  Array.from({ length: count }, (_, n): [string, string, string] => [workspaceId, caller, `${caller}${n}`])

describe('fair turns', () => {
  it('let a caller with few computations pass one with many, and one workspace pass another', async () => {
    const { started, done } = startAll(new FairTurns(), [
      ...many('acme', 'greedy', 20),
      ...many('acme', 'modest', 1),
      ...many('globex', 'stranger', 1),
    ])
    await done
    // Those that began before the others had asked, and one turn of each caller and workspace.
    expect(started.indexOf('modest0')).toBeLessThan(MAX_AT_ONCE + 4)
    expect(started.indexOf('stranger0')).toBeLessThan(MAX_AT_ONCE + 4)
    expect(started.filter((name) => name.startsWith('greedy'))).toEqual(
      many('acme', 'greedy', 20).map(([, , name]) => name),
    )
  })

  it('run few at a time, and answer what the work answers', async () => {
    const { done, most } = startAll(new FairTurns(), many('acme', 'one', 10))
    expect(await done).toEqual(many('acme', 'one', 10).map(([, , name]) => name))
    expect(most()).toBeLessThanOrEqual(MAX_AT_ONCE)
  })

  it('go on after work that fails', async () => {
    const turns = new FairTurns()
    const asker = { workspaceId: 'acme', caller: 'one' }
    const failing = Array.from({ length: 5 }, () =>
      turns.take(asker, async () => {
        throw new Error('away')
      }),
    )
    for (const work of failing) await expect(work).rejects.toThrow('away')
    expect(await turns.take(asker, async () => 'here')).toBe('here')
  })
})
