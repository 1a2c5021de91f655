// Which pages the targets of a dialogue match.
import { describe, expect, it } from 'vitest'
import { matchesTargets, parseTarget } from '../../src/services/dialogues/definition/targets.ts'

const matches = (target: string, page: string) =>
  matchesTargets({ targetUrls: [target], excludedUrls: [] }, new URL(page))

/** [target, page, whether it matches] */
type Row = [string, string, boolean]

describe('a target', () => {
  it.each<Row>([
    // A host alone is every page of it.
    ['https://site.com', 'https://site.com/', true],
    ['https://site.com', 'https://site.com/a/b?x#y', true],
    ['https://site.com', 'https://www.site.com/', false],
    ['https://site.com', 'https://evilsite.com/', false],
    ['https://site.com', 'https://site.com.evil.net/', false],
    ['https://site.com?x=1', 'https://site.com/a', true],
    ['https://site.com#y', 'https://site.com/a', true],
    // With a slash, it is one page.
    ['https://site.com/', 'https://site.com/', true],
    ['https://site.com/', 'https://site.com/?x#y', true],
    ['https://site.com/', 'https://site.com/a', false],
    ['https://site.com/?x=1', 'https://site.com/?x=2', true],
    // Sub-domains.
    ['https://*.site.com', 'https://site.com/a', true],
    ['https://*.site.com', 'https://www.site.com/', true],
    ['https://*.site.com', 'https://a.b.site.com/', true],
    ['https://*.site.com', 'https://evilsite.com/', false],
    ['https://*.site.com', 'https://site.com.evil.net/', false],
    ['https://*.site.com', 'https://site.org/', false],
    ['https://*.a.site.com', 'https://site.com/', false],
    ['https://*.site.com/', 'https://a.site.com/', true],
    ['https://*.site.com/', 'https://a.site.com/b', false],
    ['https://*.site.com/folder/*', 'https://a.site.com/folder/b', true],
    ['https://*.site.com/folder/*', 'https://a.site.com/other/b', false],
    ['https://192.168.0.1', 'https://192.168.0.1/', true],
    ['https://*.0.0.1.example', 'https://192.168.0.1/', false],
    ['https://[::1]', 'https://[0:0:0:0:0:0:0:1]/', true],
    // Case, Punycode and trailing dots of hosts.
    ['HTTPS://Site.COM', 'https://site.com/', true],
    ['https://site.com', 'https://SITE.com/', true],
    ['https://münchen.de', 'https://xn--mnchen-3ya.de/', true],
    ['https://xn--mnchen-3ya.de', 'https://MÜNCHEN.de/', true],
    ['https://*.münchen.de', 'https://shop.xn--mnchen-3ya.de/', true],
    ['https://münchen.de', 'https://munchen.de/', false],
    ['https://site.com.', 'https://site.com/', true],
    ['https://site.com', 'https://site.com./a', true],
    ['https://*.site.com.', 'https://a.site.com/', true],
    // Schemes and ports.
    ['http://site.com', 'https://site.com/', true],
    ['http://site.com', 'http://site.com/', true],
    ['https://site.com', 'http://site.com/', false],
    ['https://site.com:443', 'https://site.com/', true],
    ['https://site.com', 'https://site.com:443/', true],
    ['https://site.com', 'https://site.com:8443/', false],
    ['https://site.com:8443', 'https://site.com/', false],
    ['https://site.com:8443', 'https://site.com:8443/a', true],
    ['http://site.com:80', 'https://site.com/', true],
    ['http://site.com', 'https://site.com:443/', true],
    ['http://site.com:8080', 'http://site.com:8080/', true],
    ['http://site.com:8080', 'https://site.com:8080/', true],
    ['http://site.com:8080', 'https://site.com/', false],
    ['http://site.com', 'http://site.com:8080/', false],
    ['http://localhost:3000', 'http://localhost:3000/a', true],
    // Paths.
    ['https://site.com/a', 'https://site.com/a', true],
    ['https://site.com/a', 'https://site.com/a/', true],
    ['https://site.com/a', 'https://site.com/a?x', true],
    ['https://site.com/a', 'https://site.com/a#y', true],
    ['https://site.com/a/', 'https://site.com/a', true],
    ['https://site.com/a?x=1#y', 'https://site.com/a', true],
    ['https://site.com/a', 'https://site.com/A', false],
    ['https://site.com/a', 'https://site.com/a/b', false],
    ['https://site.com/a', 'https://site.com/ab', false],
    ['https://site.com/a', 'https://site.com/', false],
    ['https://site.com/a', 'https://site.com//a', false],
    ['https://site.com/a', 'https://site.com/a//', false],
    ['https://site.com/a/b', 'https://site.com/a/./x/../b', true],
    // Folders.
    ['https://site.com/folder/*', 'https://site.com/folder', true],
    ['https://site.com/folder/*', 'https://site.com/folder/', true],
    ['https://site.com/folder/*', 'https://site.com/folder/a', true],
    ['https://site.com/folder/*', 'https://site.com/folder/a/b/c?x', true],
    ['https://site.com/folder/*', 'https://site.com/folders', false],
    ['https://site.com/folder/*', 'https://site.com/Folder/a', false],
    ['https://site.com/folder/*', 'https://site.com/a/folder/b', false],
    ['https://site.com/folder/*/', 'https://site.com/folder/a', true],
    ['https://site.com/folder/*?x=1', 'https://site.com/folder/a', true],
    ['https://site.com/*', 'https://site.com/', true],
    ['https://site.com/*', 'https://site.com/a/b', true],
    // Elsewhere, * is literal.
    ['https://site.com/*/b', 'https://site.com/a/b', false],
    ['https://site.com/*/b', 'https://site.com/*/b', true],
    ['https://site.com/a*', 'https://site.com/ab', false],
    ['https://site.com/a*', 'https://site.com/a*', true],
    ['https://site.com/%2A', 'https://site.com/a', false],
    ['https://site.com/%2A', 'https://site.com/*', true],
    ['https://site.com/a.b', 'https://site.com/axb', false],
    ['https://site.com/:id', 'https://site.com/7', false],
    ['https://site.com/(a|b)', 'https://site.com/a', false],
    // Encodings: each is decoded once.
    ['https://site.com/über uns', 'https://site.com/%C3%BCber%20uns', true],
    ['https://site.com/%c3%bcber%20uns', 'https://site.com/über uns', true],
    ['https://site.com/%61', 'https://site.com/a', true],
    ['https://site.com/a%2520b', 'https://site.com/a%20b', false],
    ['https://site.com/a%2520b', 'https://site.com/a%2520b', true],
    ['https://site.com/a%2Fb', 'https://site.com/a/b', false],
    ['https://site.com/a%2Fb', 'https://site.com/a%2fb', true],
    ['https://site.com/100%', 'https://site.com/100%', true],
    ['https://site.com/%ff', 'https://site.com/%ff', true],
    ['https://site.com/a+b', 'https://site.com/a b', false],
  ])('%s with the page %s: %s', (target, page, expected) => {
    expect(matches(target, page)).toBe(expected)
  })

  it.each([
    ['site.com', 'https://'],
    ['', 'https://'],
    ['*', 'https://'],
    ['/folder/*', 'https://'],
    ['https://', 'https://'],
    ['https:///folder', 'https://'],
    ['ftp://site.com', 'https://'],
    ['javascript:alert(1)', 'https://'],
    ['*://site.com', 'https://'],
    ['https://site.com:99999', 'https://'],
    ['https://site.com:*', 'https://'],
    ['https://a b.com', 'https://'],
    ['https://*.192.168.0.1', 'https://'],
    ['https://ada:secret@site.com', 'user'],
    ['https://site.com@evil.net', 'user'],
    ['https://*', 'host'],
    ['https://*.', 'host'],
    ['https://a.*.com', 'host'],
    ['https://*.*.com', 'host'],
    ['https://*site.com', 'host'],
    ['https://www*.site.com', 'host'],
    ['https://%2a.site.com', 'host'],
    ['https://\uff0a.site.com', 'host'],
    ['https://site.com..', 'dots'],
    ['https://a..site.com', 'dots'],
    ['https://*..site.com', 'dots'],
  ])('is not %s', (text, named) => {
    expect(parseTarget(text)).toEqual({ refusal: expect.stringContaining(named) })
  })
})

describe('the targets of a dialogue', () => {
  it('are one by one enough, unless the page is excluded', () => {
    const targets = {
      targetUrls: ['https://site.com', 'https://shop.site.com/cart'],
      excludedUrls: ['https://site.com/jobs/*', 'https://*.site.com/legal'],
    }
    const shows = (page: string) => matchesTargets(targets, new URL(page))
    expect(shows('https://site.com/')).toBe(true)
    expect(shows('https://shop.site.com/cart')).toBe(true)
    expect(shows('https://shop.site.com/')).toBe(false)
    expect(shows('https://site.com/jobs')).toBe(false)
    expect(shows('https://site.com/jobs/7')).toBe(false)
    expect(shows('https://site.com/legal')).toBe(false)
  })

  it('match nothing if there are none', () => {
    expect(matchesTargets({ targetUrls: [], excludedUrls: [] }, new URL('https://site.com'))).toBe(false)
  })

  it.each(['about:blank', 'file:///a', 'data:text/html,a', 'blob:https://site.com/1', 'javascript:1'])(
    'match no page %s',
    (page) => {
      expect(matchesTargets({ targetUrls: ['http://site.com'], excludedUrls: [] }, new URL(page))).toBe(false)
    },
  )
})
