// Slugs, as they are made from names.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EVERYBODY,
  freeSlug,
  MAX_SLUG_LENGTH,
  SLUG,
  slugFrom,
} from '../../src/services/routing/slug-rules.ts'

describe('a slug', () => {
  it.each([
    ['Ada Lovelace', 'ada-lovelace'],
    ["Zoë O'Neill", 'zoe-o-neill'],
    ['  Jürgen  Groß-Müller ', 'jurgen-gross-muller'],
    ['Łukasz Żak', 'lukasz-zak'],
    ['Søren Ægir', 'soren-aegir'],
    ['Sales (EMEA) #2', 'sales-emea-2'],
    ['李雷', 'agent'],
    ['李雷 2', '2'],
    ['!!!', 'agent'],
  ])('of %s is %s', (name, slug) => {
    expect(slugFrom(name, 'agent')).toBe(slug)
  })

  it('gets the first free number if it is taken', () => {
    expect(freeSlug('ada', new Set(['ada-2']))).toBe('ada')
    expect(freeSlug('ada', new Set(['ada', 'ada-2', 'ada-4']))).toBe('ada-3')
    expect(freeSlug(EVERYBODY, new Set())).toBe(`${EVERYBODY}-2`)
  })

  it('has the form and the length that the database asks for, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        const slug = freeSlug(slugFrom(name, 'team'), new Set([slugFrom(name, 'team')]))
        expect(slug).toMatch(SLUG)
        expect(slug.length).toBeLessThanOrEqual(MAX_SLUG_LENGTH)
      }),
    )
  })
})
