import { describe, expect, it } from 'vitest'
import { pointerAfterRemoval, turnOrder } from '../../src/services/routing/rules.ts'

describe('pointerAfterRemoval', () => {
  it.each([
    ['stays on an agent who stays', ['a', 'b', 'c'], 'b', ['c'], 'b'],
    ['moves from a removed agent to the one before', ['a', 'b', 'c'], 'b', ['b'], 'a'],
    ['moves from the first to the last, going round', ['a', 'b', 'c'], 'a', ['a'], 'c'],
    ['skips agents before who leave too', ['a', 'b', 'c', 'd'], 'c', ['c', 'b'], 'a'],
    ['skips leaving agents going round', ['a', 'b', 'c', 'd'], 'b', ['a', 'b', 'd'], 'c'],
    ['is null when all agents leave', ['a', 'b'], 'a', ['b', 'a'], null],
    ['stays null', ['a', 'b'], null, ['a'], null],
    ['becomes null when its agent is in no order', [], 'a', ['a'], null],
  ])('%s', (_what, order, pointer, removed, expected) => {
    expect(pointerAfterRemoval(order, pointer, ...removed)).toBe(expected)
  })

  it('keeps the order of turns among the agents who stay', () => {
    const order = ['a', 'b', 'c', 'd', 'e']
    for (const pointer of order) {
      for (const removed of order) {
        const rest = order.filter((agent) => agent !== removed)
        const before = turnOrder(order, pointer).filter((agent) => agent !== removed)
        expect(turnOrder(rest, pointerAfterRemoval(order, pointer, removed))).toEqual(before)
      }
    }
  })
})
