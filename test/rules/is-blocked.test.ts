import { describe, expect, it } from 'vitest'
import { isBlocked } from '../../src/services/people/is-blocked.ts'

const BLOCKED = {
  blockedEmails: ['rival.example', 'spam.test', 'eve@good.example'],
  blocksDisposableEmails: false,
}
const DISPOSABLE = { blockedEmails: [], blocksDisposableEmails: true }

describe('an e-mail', () => {
  it.each([
    'eve@rival.example',
    'eve@mail.rival.example',
    'eve@a.b.c.rival.example',
    'EVE@Rival.EXAMPLE',
    'eve@spam.test',
    '"eve@good.example"@spam.test',
  ])('%s is blocked by its domain', (email) => {
    expect(isBlocked(email, BLOCKED)).toBe(true)
  })

  it.each([
    'eve@notrival.example',
    'eve@rival.example.org',
    'eve@example',
    'rival.example@good.example',
    'eve@rival',
  ])('%s is not blocked', (email) => {
    expect(isBlocked(email, BLOCKED)).toBe(false)
  })

  it.each(['eve@good.example', 'EVE@Good.example'])('%s is blocked itself', (email) => {
    expect(isBlocked(email, BLOCKED)).toBe(true)
  })

  it.each(['adam@good.example', 'eve@mail.good.example', 'theve@good.example'])(
    '%s is not blocked with another address',
    (email) => {
      expect(isBlocked(email, BLOCKED)).toBe(false)
    },
  )

  it('that is disposable is blocked if these are, also at a subdomain', () => {
    for (const email of ['eve@mailinator.com', 'eve@box.Mailinator.com']) {
      expect(isBlocked(email, DISPOSABLE)).toBe(true)
      expect(isBlocked(email, BLOCKED)).toBe(false)
    }
    for (const email of ['ada@gmail.com', 'ada@outlook.com', 'ada@acme.example']) {
      expect(isBlocked(email, DISPOSABLE)).toBe(false)
    }
  })

  it('that is unknown is not blocked', () => {
    expect(isBlocked(null, { ...BLOCKED, blocksDisposableEmails: true })).toBe(false)
  })

  it('is not blocked by an empty list, and the case of blocked domains does not matter', () => {
    expect(isBlocked('eve@rival.example', { ...BLOCKED, blockedEmails: [] })).toBe(false)
    expect(isBlocked('eve@rival.example', { ...BLOCKED, blockedEmails: ['RIVAL.example'] })).toBe(true)
  })
})
