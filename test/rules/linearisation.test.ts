// The check that other tests rely on, by histories of a register: it finds an order where there is one, and only there.
import { describe, expect, it } from 'vitest'
import { type Call, explain, type Outcome } from '../kit/linearisation.ts'

interface RegisterCall extends Call {
  write?: number
  /** What a read was answered. */
  read?: number
}

function apply(state: number, { write, read }: RegisterCall): Outcome<number> {
  if (write !== undefined) return { state: write }
  return read === undefined || read === state ? { state } : { mismatch: `read ${read}, not ${state}` }
}

const during = (startedAt: number, endedAt: number | null, what: Pick<RegisterCall, 'write' | 'read'>) => {
  return { startedAt, endedAt, ...what }
}
const statesAfter = (...calls: RegisterCall[]) => explain([0], calls, apply).states

describe('calls, one after the other,', () => {
  it('have their effects in this order', () => {
    expect(statesAfter(during(0, 1, { write: 1 }), during(2, 3, { write: 2 }))).toEqual([2])
    expect(statesAfter(during(0, 1, { write: 1 }), during(2, 3, { read: 0 }))).toEqual([])
  })
})

describe('calls at the same time', () => {
  it('have their effects in any order', () => {
    expect(statesAfter(during(0, 3, { write: 1 }), during(1, 2, { write: 2 }))).toEqual([2, 1])
    expect(statesAfter(during(0, 3, { write: 1 }), during(1, 2, { read: 0 }))).toEqual([1])
    expect(statesAfter(during(0, 3, { write: 1 }), during(1, 2, { read: 1 }))).toEqual([1])
  })

  it('have them in one order for everybody', () => {
    const writes = [during(0, 9, { write: 1 }), during(0, 9, { write: 2 })]
    const reads = [during(0, 4, { read: 1 }), during(5, 9, { read: 2 })]
    expect(statesAfter(...writes, ...reads)).toEqual([2])
    expect(statesAfter(...writes, ...reads, during(10, 11, { read: 1 }))).toEqual([])
  })
})

describe('a call without an answer', () => {
  const lost = during(0, null, { write: 1 })

  it('may have had its effect or not, at any time', () => {
    expect(statesAfter(lost)).toEqual([0, 1])
    expect(statesAfter(lost, during(5, 6, { read: 0 }), during(7, 8, { read: 1 }))).toEqual([1])
    expect(statesAfter(lost, during(5, 6, { read: 1 }), during(7, 8, { read: 0 }))).toEqual([])
  })

  it('has none before it begins', () => {
    expect(statesAfter(during(0, 1, { read: 1 }), during(2, null, { write: 1 }))).toEqual([])
  })
})

it('what no order explains is reported with the longest that explains a part', () => {
  const calls = [
    during(0, 1, { write: 1 }),
    during(2, 3, { write: 2 }),
    during(4, 9, { read: 1 }),
    during(4, 9, { read: 3 }),
  ]
  const { states, failure } = explain([0], calls, apply)
  expect(states).toEqual([])
  expect(failure).toEqual({ order: [0, 1], mismatches: ['read 1, not 2', 'read 3, not 2'] })
})
