import { beforeAll, describe, expect, it } from 'vitest'
import { LockOrderError, noteLocks, watchLocks } from '../../src/database/lock-order.ts'
import type { Transaction } from '../../src/database/open.ts'

/** A transaction of which nothing is used but that it is one. */
const transaction = () => ({}) as Transaction

it('are not watched by default', () => {
  const tx = transaction()
  noteLocks(tx, 'stream', ['1'])
  expect(() => noteLocks(tx, 'visitor', ['1'])).not.toThrow()
})

describe('locks that are watched', () => {
  beforeAll(watchLocks)

  it('may be taken in the order of their ranks, and of their ids within one', () => {
    const tx = transaction()
    noteLocks(tx, 'visitor', ['2', '1'])
    noteLocks(tx, 'visitor', ['3'])
    noteLocks(tx, 'pool', [])
    expect(() => noteLocks(tx, 'person', ['1'])).not.toThrow()
  })

  it('may be taken again at any time', () => {
    const tx = transaction()
    noteLocks(tx, 'visitor', ['1', '2'])
    noteLocks(tx, 'stream', ['1'])
    expect(() => noteLocks(tx, 'visitor', ['1'])).not.toThrow()
  })

  it('are refused after one of a later rank, with the names of both', () => {
    const tx = transaction()
    noteLocks(tx, 'reservation', ['1'])
    expect(() => noteLocks(tx, 'calendar', ['7'])).toThrow(LockOrderError)
    expect(() => noteLocks(tx, 'calendar', ['7'])).toThrow('calendar 7 is locked after reservation 1.')
  })

  it('are refused after one of the same rank with a later id', () => {
    const tx = transaction()
    noteLocks(tx, 'calendar', ['2'])
    expect(() => noteLocks(tx, 'calendar', ['1'])).toThrow('calendar 1 is locked after calendar 2.')
  })

  it('are those of one transaction: another one has its own', () => {
    noteLocks(transaction(), 'stream', ['1'])
    expect(() => noteLocks(transaction(), 'visitor', ['1'])).not.toThrow()
  })
})
