// All locks are in one module, and its header documents their order.
import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

const LOCKS = 'database/locks.ts'
/** The clauses and functions that lock, in the case that statements use. */
const LOCKING = /\bFOR (NO KEY )?UPDATE\b|\bFOR (KEY )?SHARE\b|pg_(try_)?advisory/

it('row locks and advisory locks are taken in database/locks.ts only', () => {
  const files = readSourceFiles().filter(({ text }) => LOCKING.test(text))
  expect(files.map(({ path }) => path)).toEqual([LOCKS])
})

it('the header of database/locks.ts lists the ranks of LOCK_ORDER, in the same order', () => {
  const read = (path: string) => readSourceFiles().find((file) => file.path === path)?.text ?? ''
  const [, order = ''] = /LOCK_ORDER = \[(.*?)\] as const\n\n/s.exec(read('database/lock-order.ts')) ?? []
  const expected = [...order.matchAll(/'([a-z ]+)'/g)].map(([, rank]) => rank)
  const listed = [...read(LOCKS).matchAll(/^\/\/ +\d+\. ([a-z ]+)/gm)].map(([, rank]) => rank)
  expect(expected.length).toBeGreaterThan(10)
  expect(listed).toEqual(expected)
})
