// What becomes of an answer to a card.
import { describe, expect, it } from 'vitest'
import { parseValue } from '../../src/services/attributes/values.ts'
import type { Card } from '../../src/services/dialogues/definition/compiled.ts'
import { readAnswer } from '../../src/services/dialogues/running/read-answer.ts'
import {
  type Choice,
  type GivenAnswer,
  isOver,
  type Judgement,
  judgeAnswer,
  SESSION_LASTS_MS,
  type StoredAnswer,
} from '../../src/services/dialogues/running/session-rules.ts'
import { attribute, builtIn, capture, message, question } from '../kit/dialogue-cards.ts'

describe('an answer', () => {
  const red: Choice = { answerKey: 'red' }
  const taken: StoredAnswer = { step: 0, cardKey: 'color', clientKey: 'first', choice: red, at: '' }
  const session = { step: 1, pendingCard: 'size', answers: [taken], isOver: false }
  const given: GivenAnswer = {
    step: 1,
    cardKey: 'size',
    clientKey: 'second',
    choice: { answerKey: 'large' },
  }

  it.each<[string, Partial<GivenAnswer>, Partial<typeof session>, Judgement]>([
    ['to the card that waits is applied', {}, {}, 'APPLY'],
    ['with the key of an earlier one is the same', taken, {}, 'KNOWN'],
    ['with the key of an earlier one is the same, also when all is over', taken, { isOver: true }, 'KNOWN'],
    ['with the key of an earlier one must be the same', { clientKey: 'first' }, {}, 'KEY_REUSED'],
    ['that repeats a choice is no second one', { ...taken, clientKey: 'other' }, {}, 'KNOWN'],
    [
      'that chooses otherwise comes too late',
      { ...taken, clientKey: 'other', choice: { answerKey: 'blue' } },
      {},
      'STEP_TAKEN',
    ],
    [
      'that chooses otherwise comes too late, also when all is over',
      { ...taken, clientKey: 'other', choice: { answerKey: 'blue' } },
      { isOver: true },
      'STEP_TAKEN',
    ],
    [
      'to another card in a step that was taken comes too late',
      { ...taken, clientKey: 'other', cardKey: 'size' },
      {},
      'STEP_TAKEN',
    ],
    ['when all is over is refused', {}, { isOver: true }, 'OVER'],
    ['to a card that does not wait is refused', { cardKey: 'shape' }, {}, 'NOT_PENDING'],
    ['to a step that is yet to come is refused', { step: 2 }, {}, 'NOT_PENDING'],
    ['while no card waits is refused', {}, { pendingCard: null as never }, 'NOT_PENDING'],
  ])('%s', (_name, changes, before, expected) => {
    expect(judgeAnswer({ ...session, ...before }, { ...given, ...changes })).toBe(expected)
  })

  it('that is typed again with other blanks is the same', () => {
    const answers = [{ ...taken, choice: { text: 'Ada ' } }]
    const again = { ...taken, clientKey: 'other', choice: { text: ' Ada' } }
    expect(judgeAnswer({ ...session, answers }, again)).toBe('KNOWN')
  })
})

it('a session is over after 30 minutes without a sign', () => {
  const now = new Date('2026-03-02T08:00:00Z')
  const ago = (ms: number) => new Date(now.getTime() - ms)
  expect(isOver(ago(SESSION_LASTS_MS - 1), now)).toBe(false)
  expect(isOver(ago(SESSION_LASTS_MS), now)).toBe(true)
  expect(isOver(null, now)).toBe(true)
})

describe('for its card, an answer', () => {
  const color = attribute('color', { type: 'PICKLIST', values: ['Red', 'Blue'] })
  const seats = attribute('seats', { type: 'INTEGER' })
  const ask = question('q', { red: 'r', blue: null }, { next: 'n', attribute: color })
  const routing = { roundRobin: true } as const
  const meeting: Card = {
    kind: 'MEETING',
    key: 'm',
    text: '',
    next: 'n',
    routing,
    agentNameTo: null,
    agentEmailTo: null,
  }
  const liveChat: Card = { kind: 'LIVE_CHAT', key: 'l', text: '', next: null, routing }
  const phone = builtIn('phone')

  it.each<[string, Card, Choice, object]>([
    [
      'chooses its way and stores its value',
      ask,
      { answerKey: 'red' },
      { text: 'red', next: 'r', said: [{ attribute: color, value: 'Red' }] },
    ],
    [
      'without a way of its own takes the card’s',
      ask,
      { answerKey: 'blue' },
      { next: 'n', said: [{ value: 'Blue' }] },
    ],
    [
      'must be one of the options',
      ask,
      { answerKey: 'green' },
      { fault: { path: 'answerKey', code: 'UNKNOWN' } },
    ],
    [
      'must have the key of an option',
      ask,
      { text: 'red' },
      { fault: { path: 'text', code: 'NOT_ALLOWED' } },
    ],
    [
      'is read by the type of the attribute',
      capture('c', seats, { next: 'n' }),
      { text: ' 250 ' },
      { text: '250', next: 'n', said: [{ value: 250 }] },
    ],
    [
      'must be of the type of the attribute',
      capture('c', seats),
      { text: 'many' },
      { fault: { path: 'text', code: 'INVALID_FORMAT' } },
    ],
    ['must not be empty', capture('c', seats), { text: '  ' }, { fault: { path: 'text' } }],
    [
      'must be a text if it has no options',
      capture('c', seats),
      { answerKey: '250' },
      { fault: { path: 'answerKey', code: 'NOT_ALLOWED' } },
    ],
    ['may be a value of the picklist', capture('c', color), { text: 'red' }, { said: [{ value: 'Red' }] }],
    [
      'may be the key of a value of the picklist',
      capture('c', color),
      { answerKey: 'Blue' },
      { said: [{ value: 'Blue' }] },
    ],
    [
      'must be a value of the picklist',
      capture('c', color),
      { answerKey: 'green' },
      { fault: { path: 'answerKey', code: 'UNKNOWN' } },
    ],
    [
      'accepts addresses with a plus and an umlaut',
      capture('c', builtIn('email')),
      { text: 'A+b@München.de' },
      { said: [{ value: 'a+b@xn--mnchen-3ya.de' }] },
    ],
    [
      'keeps a phone number in E.164',
      capture('c', phone),
      { text: '+49 (30) 901820' },
      { said: [{ value: '+4930901820' }], warning: null },
    ],
    [
      'warns of a phone number that is possible but not known',
      capture('c', phone),
      { text: '+1 555 555 5555' },
      { said: [{ value: '+15555555555' }], warning: expect.any(String) },
    ],
    [
      'takes no prose for a phone number',
      capture('c', phone),
      { text: 'call +49 30 901820 please' },
      { fault: { path: 'text', code: 'INVALID_FORMAT' } },
    ],
    [
      'goes on without a meeting',
      meeting,
      { answerKey: 'not-now' },
      { text: 'Not now', next: 'n', said: [] },
    ],
    ['begins a live chat', liveChat, { answerKey: 'start' }, { next: 'l' }],
    ['begins no live chat otherwise', liveChat, { answerKey: 'stop' }, { fault: { code: 'UNKNOWN' } }],
    ['is none for a message', message('a', 'A'), { answerKey: 'a' }, { fault: { code: 'UNKNOWN' } }],
  ])('%s', (_name, card, choice, expected) => {
    const parse = (of: Parameters<typeof parseValue>[0], text: string) =>
      parseValue(of, text, { phoneCountry: null })
    expect(readAnswer(card, { choice, booking: null }, parse)).toMatchObject(expected)
  })
})
