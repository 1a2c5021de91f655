import { describe, expect, it } from 'vitest'
import { networksOf, refusingUses, type Use } from '../../src/services/budgets/rules.ts'

describe('a client address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9', null],
    ['::ffff:203.0.113.9', '203.0.113.9', null],
    ['::FFFF:cb00:7109', '203.0.113.9', null],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9', null],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:0DB8:0001:0002::ffff', '2001:db8:1:2::/64', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0::/48'],
    ['::1', '0:0:0:0::/64', '0:0:0::/48'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64', '64:ff9b:0::/48'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64', '1:2:3::/48'],
  ])('%s counts for %s and %s', (given, address, network) => {
    expect(networksOf(given)).toEqual({ address, network })
  })
})

describe('the budget of a workspace', () => {
  const now = new Date('2026-03-02T08:00:00Z')
  const use = (of: Use['of'], limit = 100): Use => ({ key: `${of} ${limit}`, limit, windowMs: 100_000, of })
  const own = use('CALLER')
  const workspace = use('WORKSPACE')
  /** @param used how much of the caller's budget */
  const refuses = (used: number, uses = [own, workspace]) =>
    refusingUses(uses, { now, counted: new Map([[own.key, new Date(now.getTime() + used * 1000)]]) })

  it('refuses, once it is exhausted, callers who have used more than a quarter of their own', () => {
    expect(refuses(25)).toEqual([])
    expect(refuses(26)).toEqual([workspace])
  })

  it('refuses callers without a budget of their own', () => {
    expect(refusingUses([workspace], { now, counted: new Map() })).toEqual([workspace])
  })

  it('never refuses the first call of a caller', () => {
    const small = use('CALLER', 1)
    const counted = new Map([[small.key, new Date(now.getTime() + small.windowMs)]])
    expect(refusingUses([small, workspace], { now, counted })).toEqual([])
  })

  it('spares nobody the budget of the recipient', () => {
    const recipient = use('RECIPIENT')
    expect(refuses(1, [own, recipient, workspace])).toEqual([recipient])
  })
})
