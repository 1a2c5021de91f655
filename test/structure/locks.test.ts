import { expect, it } from 'vitest'
import { readSourceFiles } from './source-files.ts'

const LOCKS = 'database/locks.ts'
/** A clause of a statement; comments name some of these in lower case. */
const LOCKING = /\bFOR (NO KEY )?UPDATE\b|\bFOR (KEY )?SHARE\b|pg_(try_)?advisory/

it('takes every row lock and advisory lock by its name in one module', () => {
  const files = readSourceFiles().filter(({ text }) => LOCKING.test(text))
  expect(files.map(({ path }) => path)).toEqual([LOCKS])
})

it('names in the header of that module every rank of the order that is watched', () => {
  const read = (path: string) => readSourceFiles().find((file) => file.path === path)?.text ?? ''
  const [, order = ''] = /LOCK_ORDER = \[(.*?)\] as const\n\n/s.exec(read('database/lock-order.ts')) ?? []
  const watched = [...order.matchAll(/'([a-z ]+)'/g)].map(([, rank]) => rank)
  const named = [...read(LOCKS).matchAll(/^\/\/ +\d+\. ([a-z ]+)/gm)].map(([, rank]) => rank)
  expect(watched.length).toBeGreaterThan(10)
  expect(named).toEqual(watched)
})
