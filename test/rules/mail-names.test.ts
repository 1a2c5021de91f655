// Names in mails: legible ones stay, and nothing in them can be followed or mislead.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailName, visitorMailName } from '../../src/services/notifications/mail/mail-name.ts'

describe('the name of a visitor in a mail', () => {
  it.each([
    'Grace Hopper',
    'J.R.R. Tolkien',
    'Dr. Strange',
    'Jean-Luc O’Neill',
    'Zoë Müller',
    'علي',
    '李小龍',
    'क्षत्रिय',
    '👩‍👩‍👧‍👦',
  ])('stays as it is: %s', (name) => {
    expect(visitorMailName(name)).toBe(name.normalize('NFKC'))
  })

  it.each([
    ['https://evil.example/win', 'evil example win'],
    ['Win at evil.com', 'Win at evil com'],
    ['WWW.EVIL.COM/a', 'WWW EVIL COM a'],
    ['ｅｖｉｌ．ｃｏｍ', 'evil com'],
    ['evil。com', 'evil com'],
    ['hxxps://evil.com', 'evil com'],
    ['mail me@evil.com', 'mail me evil com'],
    ['mailto:me@evil.com', 'mailto me evil com'],
    ['javascript:alert(1)', 'javascript alert(1)'],
    ['192.168.10.20', '192 168 10 20'],
    ['Grace\r\nBcc: a@b.example', 'Grace Bcc: a b example'],
    ['Grace\u202emoc.live', 'Gracemoc live'],
    ['\u2066Grace\u2069\u200b', 'Grace'],
    [' \u0000 ', ''],
    [`${'x'.repeat(59)} yz`, 'x'.repeat(59)],
    ['é'.repeat(100), 'é'.repeat(60)],
    ['👩‍👩‍👧‍👦'.repeat(61), '👩‍👩‍👧‍👦'.repeat(60)],
  ])('%j is %j', (name, safe) => {
    expect(visitorMailName(name)).toBe(safe)
  })

  it('holds no link, no line break, and no character that changes the direction, whatever it was', () => {
    const part = fc.constantFrom(
      'http',
      '://',
      '.',
      '。',
      'com',
      'evil',
      '/',
      '@',
      ':',
      '\n',
      '\u202e',
      '\u200d',
      ' ',
      'www',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (name) => {
          const safe = visitorMailName(name)
          expect(safe).not.toMatch(/:\/\/|[\p{L}\p{N}]\.[\p{L}\p{N}]{2}|[\p{L}\p{N}]@[\p{L}\p{N}]/u)
          expect(safe).not.toMatch(/[\r\n\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cc}]/u)
          expect(visitorMailName(safe)).toBe(safe)
        },
      ),
    )
  })
})

it('the name of an agent or a workspace keeps its dots', () => {
  expect(mailName('Booking.com\u202e')).toBe('Booking.com')
})
