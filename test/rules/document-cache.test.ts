import { describe, expect, it } from 'vitest'
import { DocumentCache } from '../../src/server/document-cache.ts'

describe('the cache of documents', () => {
  it('keeps what was used last, up to a length of all texts together', () => {
    const cache = new DocumentCache<number>(10)
    cache.set('aaaa', 1)
    cache.set('bbbb', 2)
    expect(cache.get('aaaa')).toBe(1)
    cache.set('cccc', 3)
    expect(['aaaa', 'bbbb', 'cccc'].map((text) => cache.get(text))).toEqual([1, undefined, 3])
  })

  it('keeps nothing of a text that is longer than all of it', () => {
    const cache = new DocumentCache<number>(10)
    cache.set('aaaa', 1)
    cache.set('b'.repeat(11), 2)
    expect(['aaaa', 'b'.repeat(11)].map((text) => cache.get(text))).toEqual([undefined, undefined])
    cache.set('aaaa', 3)
    expect(cache.get('aaaa')).toBe(3)
  })

  it('counts a text once, however often it is set', () => {
    const cache = new DocumentCache<number>(10)
    for (let round = 0; round < 5; round++) cache.set('aaaa', round)
    cache.set('bbbb', 5)
    expect(['aaaa', 'bbbb'].map((text) => cache.get(text))).toEqual([4, 5])
  })
})
