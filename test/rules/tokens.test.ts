import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeMeetingMail } from '../../src/services/booking/mails/meeting-mail.ts'
import { renderInvitation } from '../../src/services/invitations/invitation.ts'
import { BUILT_IN_TOKENS, SAMPLE, tokenValues } from '../../src/services/invitations/token-values.ts'
import { readTokens, renderTemplate, type TokenValues } from '../../src/services/invitations/tokens.ts'
import { meetingFacts } from '../services/notifications/meeting-facts.ts'
import { type OraclePart, oracleParts } from './token-oracle.ts'

const NO_VALUES: TokenValues = { lead: {}, company: {}, agent: {}, meeting: {} }
const GRACE: TokenValues = { ...NO_VALUES, lead: { firstName: 'Grace', age: 36, vip: true, blank: ' ' } }

const text = (template: string, values = GRACE) => renderTemplate(template, { values, destination: 'TEXT' })
const line = (template: string, values = GRACE) => renderTemplate(template, { values, destination: 'LINE' })

describe('a token', () => {
  it.each([
    ['its value', 'Hi {{lead.firstName}}!', 'Hi Grace!'],
    ['its value rather than its default', 'Hi {{lead.firstName:"there"}}!', 'Hi Grace!'],
    ['its default without a value', 'Hi {{lead.lastName:"there"}}!', 'Hi there!'],
    ['its default for a blank value', 'Hi {{lead.blank:"there"}}!', 'Hi there!'],
    ['nothing without either', 'Hi {{lead.lastName}}!', 'Hi !'],
    ['nothing with an empty default', 'Hi {{lead.lastName:""}}!', 'Hi !'],
    ['numbers and booleans', '{{lead.age}} {{lead.vip}}', '36 true'],
    ['its value with blanks inside', '{{ lead . firstName : "there" }}', 'Grace'],
    ['a default with braces', '{{lead.lastName:"}} {{x.y}}"}}', '}} {{x.y}}'],
    ['nothing for an unknown attribute', '[{{lead.shoeSize}}]', '[]'],
    ['nothing for an unknown family', '[{{weather.today}}]', '[]'],
    ['nothing for inherited properties', '[{{lead.constructor}}{{lead.__proto__}}{{toString.name}}]', '[]'],
  ])('becomes %s', (_what, template, expected) => {
    expect(text(template)).toBe(expected)
  })

  it.each([
    '{{lead.firstName',
    'lead.firstName}}',
    '{{firstName}}',
    '{{}}',
    '{{lead.firstName:there}}',
    '{{lead.firstName:“there”}}',
    '{{lead.firstName:"there}}',
    '{{lead.first name}}',
    '{{lead.1st}}',
    `{{lead.${'x'.repeat(101)}}}`,
    '{{{lead.firstName}}}',
  ])('is not %s, which stays as written and is reported as malformed', (written) => {
    expect(text(`a ${written} b`)).toBe(`a ${written} b`)
    expect(readTokens(written).tokens).toEqual([])
    expect(readTokens(written).malformed.join(' ')).toMatch(/\{\{|\}\}/)
  })

  it.each([
    ['between words', 'Meeting with {{lead.lastName}} at Acme', 'Meeting with at Acme'],
    ['before a sign', 'Hi {{lead.lastName}}, welcome', 'Hi, welcome'],
    ['after a bracket', 'Intro ({{lead.lastName}} {{lead.firstName}})', 'Intro (Grace)'],
    ['before a bracket', 'Intro ({{lead.firstName}} {{lead.lastName}})', 'Intro (Grace)'],
    ['at the ends', '{{lead.lastName}} meets {{lead.lastName}}', 'meets'],
    ['several times', 'A {{lead.lastName}} {{lead.blank}}{{lead.lastName}} B', 'A B'],
    ['beside a word', 'A {{lead.lastName}}B{{lead.lastName}} C', 'A B C'],
    ['with a sign set apart', 'Bonjour {{lead.lastName}} !', 'Bonjour !'],
    ['with an empty default', 'Hi {{lead.lastName:""}} there', 'Hi there'],
  ])('without a value leaves no stray space in a subject: %s', (_where, template, expected) => {
    expect(line(template)).toBe(expected)
  })

  it('with a value keeps the spaces of a subject as they are written', () => {
    expect(line('A  {{lead.firstName}} , B')).toBe('A  Grace , B')
  })

  it('becomes a single line in a subject, whatever its value', () => {
    const values = { ...GRACE, lead: { firstName: 'a\r\nb\u2028c\u0000d' } }
    expect(line('{{lead.firstName}}', values)).toBe('a b c d')
    expect(text('{{lead.firstName}}', values)).toBe('a\nb\ncd')
  })

  it('cannot make a text longer than the limit', () => {
    const values = { ...GRACE, lead: { long: '\u{1F680}'.repeat(5000) } }
    expect(line('x{{lead.long}}', values)).toBe(`x${'\u{1F680}'.repeat(126)}…`)
    expect(text('{{lead.long}}'.repeat(600), values)).toHaveLength(20_000 - 1)
  })
})

/** Pieces with a meaning in templates, and pieces without one. */
const snippets = [
  '{{',
  '}}',
  '{',
  '}',
  '{{lead.firstName}}',
  '{{lead.lastName:"',
  '"}}',
  '"',
  ':',
  '.',
  ' ',
  '\n',
  '\t',

  'lead',
  'company',
  'firstName',
  '__proto__',
  'constructor',
  '{{ agent.name }}',
  '\u2028',
  '\ud83d',
  '\\',
]
const messy = fc
  .array(fc.oneof(fc.constantFrom(...snippets), fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 30,
  })
  .map((pieces) => pieces.join(''))
const plain = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((piece) => !/[{}]/.test(piece))
const hostile = fc.oneof(
  messy,
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"onmouseover="alert(1)',
    "'><img src=x onerror=alert(1)>",
    '&lt;b&gt;',
    'x\r\nATTENDEE:mailto:evil@example.com',
    'END:VEVENT\nBEGIN:VEVENT',
    '\\n;,:',
    '{{lead.email}}',
  ),
)

const attribute = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
const fallback = fc.option(fc.string({ maxLength: 20 }).map((each) => each.replaceAll('"', '')))
const token = fc.record({
  family: fc.constantFrom('lead', 'company', 'agent', 'meeting', 'weather'),
  attribute,
  fallback,
  blank: fc.constantFrom('', ' ', '\n'),
})
interface WrittenToken {
  family: string
  attribute: string
  fallback: string | null
  blank: string
}
const written = ({ family, attribute: name, fallback: otherwise, blank }: WrittenToken) =>
  `{{${blank}${family}.${name}${otherwise === null ? '' : `:"${otherwise}"`}${blank}}}`

const RUNS = { numRuns: 2000 }

describe('texts with tokens', () => {
  it('stay unchanged when they contain none', () => {
    fc.assert(
      fc.property(plain, (template) => {
        expect(text(template)).toBe(template.trim())
        expect(readTokens(template)).toEqual({ tokens: [], malformed: [] })
      }),
      RUNS,
    )
  })

  it('contain exactly the tokens that were written into them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, token)), (pieces) => {
        const template = pieces.map(([before, each]) => before + written(each)).join('')
        const { tokens, malformed } = readTokens(template)
        expect(malformed).toEqual([])
        expect(tokens).toEqual(
          pieces.map(([, { blank, ...each }]) => ({ ...each, written: written({ ...each, blank }) })),
        )
      }),
      RUNS,
    )
  })

  it('are read as an oracle reads them, whatever they contain, without ever failing', () => {
    const values = { ...NO_VALUES, lead: { firstName: 'Grace' }, agent: { name: '{{lead.firstName}}' } }
    const replaced = (part: OraclePart) => {
      if ('plain' in part) return part.plain
      if ('malformed' in part) return part.malformed
      const { family, attribute: name, fallback: otherwise } = part.token
      if (family === 'lead' && name === 'firstName') return 'Grace'
      return family === 'agent' && name === 'name' ? '{{lead.firstName}}' : (otherwise ?? '')
    }
    fc.assert(
      fc.property(messy, (template) => {
        const parts = oracleParts(template)
        expect(text(template, values)).toBe(parts.map(replaced).join('').trim())
        expect(readTokens(template)).toEqual({
          tokens: parts.flatMap((part) =>
            'token' in part ? [{ ...part.token, written: part.written }] : [],
          ),
          malformed: parts.flatMap((part) => ('malformed' in part ? [part.malformed] : [])),
        })
      }),
      RUNS,
    )
  })
})

describe('values', () => {
  const TEMPLATE = {
    subject: 'Call {{lead.firstName}}',
    body: 'Dear {{lead.firstName}},\n\n{{company.name:"-"}}',
  }
  const mailWith = (firstName: string, companyName: string) => {
    const person = { ...SAMPLE.person, firstName, companyName }
    const entry = renderInvitation(TEMPLATE, tokenValues({ ...SAMPLE, person }))
    return composeMeetingMail(meetingFacts({ ...entry, entry }))
  }
  const elements = (html: string) =>
    [...html.replaceAll('<br>', '').matchAll(/<[^>]*>/g)].map(([element]) => element)
  /** The names of the properties of a calendar object, after unfolding its lines. */
  const properties = (content = '') =>
    content
      .replaceAll('\r\n ', '')
      .split('\r\n')
      .map((each) => each.split(/[:;]/)[0])

  it('add no markup to a mail and no property to its calendar object', () => {
    const harmless = mailWith('Grace', 'Navy')
    fc.assert(
      fc.property(hostile, hostile, (firstName, companyName) => {
        const mail = mailWith(firstName, companyName)
        expect(elements(mail.html)).toEqual(elements(harmless.html))
        expect(mail.html.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
        expect(properties(mail.calendar?.content)).toEqual(properties(harmless.calendar?.content))
        expect(mail.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 500 },
    )
  })

  it('exist for every built-in token and for attributes, but built-in tokens win over attributes', () => {
    const attributes = { shoeSize: 38, firstName: 'not this one', list: ['a'], nested: { a: 1 } }
    const values = tokenValues({ ...SAMPLE, person: { ...SAMPLE.person, attributes } })
    for (const [family, names] of Object.entries(BUILT_IN_TOKENS)) {
      for (const name of Object.keys(names)) expect(text(`{{${family}.${name}}}`, values)).not.toBe('')
    }
    expect(text('{{lead.shoeSize}} {{lead.firstName}}{{lead.list}}{{lead.nested}}', values)).toBe('38 Grace')
  })

  it('show times in the reader’s zone', () => {
    const shownIn = (timeZone: string) =>
      text(
        '{{meeting.date}} | {{meeting.time}} | {{meeting.start}}–{{meeting.end}} | {{meeting.timeZone}} | {{meeting.duration}}',
        tokenValues({ ...SAMPLE, meeting: { ...SAMPLE.meeting, timeZone } }),
      )
    expect(shownIn('Europe/Berlin')).toBe(
      'Tuesday, 8 December 2026 | 14:00–14:30 (Europe/Berlin, UTC+01:00) | 14:00–14:30 | Europe/Berlin | 30 minutes',
    )
    expect(shownIn('Pacific/Auckland')).toBe(
      'Wednesday, 9 December 2026 | 02:00–02:30 (Pacific/Auckland, UTC+13:00) | 02:00–02:30 | Pacific/Auckland | 30 minutes',
    )
  })

  it('never leave a meeting without a subject', () => {
    const { subject } = renderInvitation({ subject: '{{lead.shoeSize}}', body: '' }, tokenValues(SAMPLE))
    expect(subject).toBe('Ada Lovelace and Grace Hopper')
  })
})
