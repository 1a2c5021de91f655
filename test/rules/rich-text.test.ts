// Texts of cards, as they are saved and as visitors see them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_CARD_TEXT_LENGTH } from '../../src/services/dialogues/definition/limits.ts'
import {
  findMarkupFaults,
  readTokensOf,
  renderText,
} from '../../src/services/dialogues/definition/rich-text.ts'
import type { TokenValues } from '../../src/services/invitations/tokens.ts'

const VALUES: TokenValues = {
  lead: { firstName: 'Grace', nick: '<b>G</b> & {{lead.firstName}}' },
  company: {},
  agent: {},
  meeting: {},
}

const plain = (text: string) => renderText(text, VALUES).text
/** The runs that have a format, with their formats. */
const formatted = (text: string) =>
  renderText(text, VALUES).runs.flatMap(({ text, bold, italic, url }) =>
    bold || italic || url ? [[text, bold && 'bold', italic && 'italic', url].filter(Boolean)] : [],
  )

describe('a text that is saved', () => {
  it.each([
    'Hello!',
    'a < b, 3<4, 5 > 4, <3, AT&T, <',
    '<b>a</b> <strong>b</strong> <i>c</i> <em>d</em> <BR> <br/> <br />',
    '<p>a</p><ul><li>b</li></ul><ol><li>c</li></ol>',
    '<a href="https://site.com/?a=1&amp;b=2">a</a> <a href=\'http://site.com\'>b</a> <A HREF="mailto:a@b.com">c</A>',
    '<a>without an address</a>',
    'Hi {{lead.firstName:"there"}} &amp; &lt;script&gt;',
    '<b>never closed',
  ])('may be %s', (text) => {
    expect(findMarkupFaults(text)).toEqual([])
  })

  it.each([
    ['<script>alert(1)</script>', '<script>'],
    ['<SCRIPT src="https://evil.net/x.js"></SCRIPT>', '<script>'],
    ['<img src=x onerror=alert(1)>', '<'],
    ['<img src="x">', '<img>'],
    ['<svg/onload=alert(1)>', '<'],
    ['<iframe src="https://evil.net"></iframe>', '<iframe>'],
    ['<style>p { color: red }</style>', '<style>'],
    ['<b onclick="alert(1)">a</b>', 'onclick of <b>'],
    ['<b\nonmouseover="alert(1)">a</b>', 'onmouseover'],
    ['<p style="position:fixed">a</p>', 'style of <p>'],
    ['<p class="a">a</p>', 'class of <p>'],
    ['<a href="https://a.com" target="_blank">a</a>', 'target of <a>'],
    ['<a href="javascript:alert(1)">a</a>', 'must begin with https://'],
    ['<a href=" javascript:alert(1)">a</a>', 'must begin with https://'],
    ['<a href="java&#115;cript:alert(1)">a</a>', 'must begin with https://'],
    ['<a href="JaVaScRiPt:alert(1)">a</a>', 'must begin with https://'],
    ['<a href="data:text/html,a">a</a>', 'must begin with https://'],
    ['<a href="//evil.net">a</a>', 'must begin with https://'],
    ['<a href="/path">a</a>', 'must begin with https://'],
    ['<a href="">a</a>', 'must begin with https://'],
    ['<a href>a</a>', 'must begin with https://'],
    ['<a href="https://">a</a>', 'must begin with https://'],
    ['<a href="https://a.com/?{{lead.email}}">a</a>', 'tokens'],
    ['<a href=https://a.com>a</a>', 'Write &lt;'],
    ['<!-- a -->', 'Write &lt;'],
    ['<!DOCTYPE html>', 'Write &lt;'],
    ['<?php ?>', 'Write &lt;'],
    ['<![CDATA[a]]>', 'Write &lt;'],
    ['a<b', 'Write &lt;'],
    ['x<y> and', '<y>'],
    ['</script>', '<script>'],
    ['<b <script>', 'Write &lt;'],
    ['<b>ok</b><script>', '<script>'],
  ])('must not be %s', (text, named) => {
    expect(findMarkupFaults(text).join(' ')).toContain(named)
  })

  it('names each of its faults once', () => {
    expect(findMarkupFaults('<u>a</u><u>b</u><b id="1">c</b>')).toEqual([
      expect.stringContaining('<u>'),
      expect.stringContaining('id of <b>'),
    ])
  })

  it('has the tokens that are not within or across tags', () => {
    const { tokens, malformed } = readTokensOf(
      'Hi {{lead.firstName:&quot;there&quot;}} <b>{{company.name}}</b> {{lead.<b>x</b>}} {{agent',
    )
    expect(tokens.map(({ family, attribute, fallback }) => [family, attribute, fallback])).toEqual([
      ['lead', 'firstName', 'there'],
      ['company', 'name', null],
    ])
    expect(malformed).toEqual(['{{', '}}', '{{'])
  })
})

describe('a text that is shown', () => {
  it.each([
    ['Hello!', 'Hello!'],
    ['  a\nb\n\nc  ', 'a\nb\n\nc'],
    ['AT&amp;T &lt;b&gt; &quot;&euro;&nbsp;5&quot; < 6', 'AT&T <b> "€\u00a05" < 6'],
    ['&amp;lt;b&amp;gt;', '&lt;b&gt;'],
    ['a<br>b<br/><br />c', 'a\nb\n\nc'],
    ['a<br>\nb', 'a\nb'],
    ['<p>a</p><p>b</p>', 'a\n\nb'],
    ['<p>a</p>\n  <p>b</p>\n', 'a\n\nb'],
    ['a \n<p>b</p>c', 'a\n\nb\n\nc'],
    ['x<ul><li>a</li><li>b</li></ul>y', 'x\n• a\n• b\ny'],
    ['<ol>\n  <li>a</li>\n  <li><p>b</p></li>\n</ol>', '1. a\n2. b'],
    ['<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>', '• a\n  1. b\n• c'],
    ['<ul><li></li><li>a</li></ul>', '• a'],
    ['<p></p><b></b> ', ''],
    ['a <b> </b><i> </i>', 'a'],
    ['a <b> </b><br>b', 'a\nb'],
    ['Hi {{lead.firstName}}, of {{company.name:"your company"}}', 'Hi Grace, of your company'],
    ['Hi {{lead.firstName:&quot;there&quot;}}', 'Hi Grace'],
    ['{{lead.nick}}', '<b>G</b> & {{lead.firstName}}'],
    ['{{lead.lastName}}', ''],
    ['{{lead.lastName:"&lt;i&gt;"}}', '<i>'],
    ['{{nothing', '{{nothing'],
  ])('%s as %s', (text, expected) => {
    expect(plain(text)).toBe(expected)
  })

  it.each([
    ['a <b>b</b> c', [['b', 'bold']]],
    [
      '<strong>a <em>b</em></strong>',
      [
        ['a ', 'bold'],
        ['b', 'bold', 'italic'],
      ],
    ],
    ['<i>a</i><em>b</em>', [['ab', 'italic']]],
    [
      '<a href="https://site.com/?a=1&amp;b=2">a<b>b</b></a>',
      [
        ['a', 'https://site.com/?a=1&b=2'],
        ['b', 'bold', 'https://site.com/?a=1&b=2'],
      ],
    ],
    ['<a href="mailto:a@b.com">a</a>', [['a', 'mailto:a@b.com']]],
    ['<a href="javascript:alert(1)">a</a><script>b</script>', []],
    ['<b>{{lead.nick}}</b>', [['<b>G</b> & {{lead.firstName}}', 'bold']]],
    ['<b>never closed', [['never closed', 'bold']]],
    [
      '<b>a</b></b> b <b>c</b>',
      [
        ['a', 'bold'],
        ['c', 'bold'],
      ],
    ],
    [
      '<b>a<p>b</b>c</p>d',
      [
        ['a', 'bold'],
        ['b', 'bold'],
      ],
    ],
  ])('%s with its formats', (text, expected) => {
    expect(formatted(text)).toEqual(expected)
  })

  it('is the same as plain text and in runs, and no longer than a message, whatever was saved', () => {
    const parts = [
      '<b>',
      '</b>',
      '<p>',
      '</p>',
      '<ul>',
      '</ul>',
      '<li>',
      '<br>',
      '<a href="https://a.b">',
      '</a>',
      '{{lead.nick}}',
      ' ',
      '\n',
      'word',
      '<script>',
      '&lt;',
      '<',
      '\u{1f600}',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), (chosen) => {
        const { text, runs } = renderText(chosen.join(''), VALUES)
        expect(runs.map((run) => run.text).join('')).toBe(text)
        expect(text).toBe(text.trim())
        expect(runs.every((run) => run.text !== '')).toBe(true)
      }),
    )
    const long = renderText(`${'\u{1f600}'.repeat(MAX_CARD_TEXT_LENGTH / 2)}<b>{{lead.nick}}</b>`, VALUES)
    expect(long.text.length).toBeLessThanOrEqual(MAX_CARD_TEXT_LENGTH)
    expect(long.text.isWellFormed()).toBe(true)
  })
})
