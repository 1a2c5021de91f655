import { describe, expect, it } from 'vitest'
import { isBlocked } from '../../src/services/people/is-blocked.ts'

const BLOCKED = ['rival.example', 'spam.test']

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

  it('that is unknown is not blocked', () => {
    expect(isBlocked(null, BLOCKED)).toBe(false)
  })

  it('is not blocked by an empty list, and the case of blocked domains does not matter', () => {
    expect(isBlocked('eve@rival.example', [])).toBe(false)
    expect(isBlocked('eve@rival.example', ['RIVAL.example'])).toBe(true)
  })
})
