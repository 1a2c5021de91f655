// How uses of budgets are counted in the database.
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countUses, readResets } from '../../../src/services/budgets/budget-store.ts'
import type { Use } from '../../../src/services/budgets/rules.ts'
import { tidy } from '../../../src/services/tidy.ts'
import { START } from '../../kit/app.ts'
import { MINUTE } from '../../kit/clock.ts'
import { onPostgres } from '../../kit/database.ts'
import { useScene } from '../../kit/scene.ts'

const { app, database } = useScene({})

const from = Date.parse(START)
const at = (ms: number) => new Date(from + ms)
const useOf = (limit: number, options: Partial<Use> = {}): Use => ({
  key: randomUUID(),
  limit,
  windowMs: MINUTE,
  of: 'CALLER',
  ...options,
})
const isCounted = async (use: Use, ms: number) =>
  (await countUses(database, { uses: [use], now: at(ms) })).has(use.key)
const timesUntilRefused = async (use: Use, ms: number) => {
  let times = 0
  while (await isCounted(use, ms)) times++
  return times
}

/** A bucket of tokens: it is full at first, and gets its tokens back evenly. In whole numbers, so that it is exact. */
class Bucket {
  readonly #full: number
  readonly #perMs: number
  readonly #costs: number
  #level: number
  #at = 0

  constructor({ limit, windowMs }: Use) {
    this.#costs = windowMs
    this.#perMs = limit
    this.#full = limit * windowMs
    this.#level = this.#full
  }

  take(ms: number): boolean {
    this.#level = Math.min(this.#full, this.#level + (ms - this.#at) * this.#perMs)
    this.#at = ms
    if (this.#level < this.#costs) return false
    this.#level -= this.#costs
    return true
  }
}

/** The limits divide a window into whole microseconds, as the database counts. */
const limits = fc.constantFrom(1, 2, 3, 4, 5, 8, 10)
const steps = fc.array(
  fc.record({ which: fc.nat(2), afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: MINUTE })) }),
  { minLength: 1, maxLength: 40 },
)
const RUNS = { numRuns: 40 }

describe('a budget', () => {
  it('allows what a bucket of tokens allows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(limits, { minLength: 3, maxLength: 3 }), steps, async (three, calls) => {
        const budgets = three.map((limit) => {
          const use = useOf(limit)
          return { use, bucket: new Bucket(use) }
        })
        let now = 0
        for (const { which, afterMs } of calls) {
          now += afterMs
          const { use, bucket } = budgets[which]!
          expect(await isCounted(use, now)).toBe(bucket.take(now))
        }
      }),
      RUNS,
    )
  })

  it('never lets more through in any time than its limit at once and its part of that time', async () => {
    await fc.assert(
      fc.asyncProperty(limits, steps, async (limit, calls) => {
        const use = useOf(limit)
        const admitted: number[] = []
        let now = 0
        for (const { afterMs } of calls) {
          now += Math.floor(afterMs / 4)
          if (await isCounted(use, now)) admitted.push(now)
        }
        for (const [first, start] of admitted.entries()) {
          for (const [index, end] of admitted.slice(first).entries()) {
            expect(index + 1).toBeLessThanOrEqual(limit + ((end - start) * limit) / MINUTE)
          }
        }
      }),
      RUNS,
    )
  })

  it('says when it allows the next use, to the millisecond', async () => {
    const use = useOf(7)
    expect(await timesUntilRefused(use, 0)).toBe(7)
    const resetsAt = (await readResets(database, { uses: [use], now: at(1) })).get(use.key)
    const ms = (resetsAt?.getTime() ?? 0) - from
    expect(ms).toBe(Math.ceil(MINUTE / 7))
    expect(await isCounted(use, ms - 1)).toBe(false)
    expect(await isCounted(use, ms)).toBe(true)
  })

  it('is not used by a refused use, however often it is repeated', async () => {
    const use = useOf(4)
    await timesUntilRefused(use, 0)
    for (let times = 0; times < 20; times++) await isCounted(use, 1)
    expect(await timesUntilRefused(use, MINUTE / 4)).toBe(1)
  })

  it('locks nobody out after a clock that was ahead is put right', async () => {
    const use = useOf(3)
    expect(await timesUntilRefused(use, 60 * MINUTE)).toBe(3)
    expect(await timesUntilRefused(use, 0)).toBe(3)
  })

  it('is as used for a node whose clock is some seconds behind', async () => {
    const use = useOf(3)
    expect(await timesUntilRefused(use, 9000)).toBe(3)
    expect(await isCounted(use, 0)).toBe(false)
  })

  it('is counted once for each of many uses at the same time', async () => {
    const use = useOf(10)
    const all = await Promise.all(Array.from({ length: 40 }, () => isCounted(use, 0)))
    expect(all.filter((counted) => counted)).toHaveLength(10)
  })
})

describe('the budgets of a call', () => {
  it('leave those of others alone once one of the caller is exhausted', async () => {
    const own = [useOf(1), useOf(100)]
    const others = [useOf(3, { of: 'RECIPIENT' }), useOf(3, { of: 'WORKSPACE' })]
    const spend = (uses: Use[]) => countUses(database, { uses, now: at(0) })
    expect((await spend([...own, ...others])).size).toBe(4)
    for (let times = 0; times < 5; times++) {
      expect([...(await spend([...own, ...others])).keys()]).toEqual([own[1]?.key])
    }
    for (const other of others) expect(await timesUntilRefused({ ...other, of: 'CALLER' }, 0)).toBe(2)
  })

  it.runIf(onPostgres())('never wait for each other in a circle', async () => {
    const uses = Array.from({ length: 12 }, () => useOf(100_000))
    const shuffled = () => [...uses].sort(() => Math.random() - 0.5)
    const rounds = Array.from({ length: 60 }, () => countUses(database, { uses: shuffled(), now: at(0) }))
    expect((await Promise.all(rounds)).map(({ size }) => size)).toEqual(rounds.map(() => uses.length))
  })
})

it('budgets that are whole again are swept, in portions, and others stay', async () => {
  await database.budget.deleteMany()
  await database.$executeRaw`
    INSERT INTO "Budget" SELECT 'old ' || n, ${at(0)}::timestamptz FROM generate_series(1, 12000) n`
  const use = useOf(1)
  await isCounted(use, 0)
  await tidy(app.app.services)
  expect(await database.budget.findMany({ select: { key: true } })).toEqual([{ key: use.key }])
  app.clock.advance(MINUTE)
  await tidy(app.app.services)
  expect(await database.budget.count()).toBe(0)
})
