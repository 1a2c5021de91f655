// What keeps a dialogue from being published.
import { describe, expect, it } from 'vitest'
import type { DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import { MAX_STEPS_WITHOUT_ANSWER } from '../../src/services/dialogues/definition/limits.ts'
import { branch, card, draft, problemsOf, question } from '../kit/drafts.ts'

const ofCards = (...cards: DraftCard[]) => problemsOf(draft(cards))

const messages = (count: number, last: string | null = null) =>
  Array.from({ length: count }, (_, index) =>
    card('MESSAGE', { key: `m${index}`, next: index === count - 1 ? last : `m${index + 1}` }),
  )

describe('a dialogue', () => {
  it('without problems can be published', () => {
    expect(
      ofCards(
        card('MESSAGE', { key: 'hello', text: '<b>Hi</b> {{lead.firstName:"there"}}', next: 'what' }),
        question('what', ['plan', 'talk', null], 'bye'),
        card('CAPTURE', { key: 'plan', attribute: 'plan', next: 'who' }),
        branch('who', ['talk', 'hello'], 'meet'),
        card('MEETING', { key: 'meet', agentNameTo: 'agentName', next: 'goal' }),
        card('GOAL', { key: 'goal', next: 'paper' }),
        card('DOCUMENT', { key: 'paper', next: 'note' }),
        card('ACTION', { key: 'note', value: '{{company.industry}} {{lead.name}}', next: 'bye' }),
        card('LIVE_CHAT', { key: 'talk' }),
        card('MESSAGE', { key: 'bye' }),
      ),
    ).toEqual([])
  })

  it('needs a card and, unless it is a flow, a target', () => {
    expect(problemsOf(draft([], { targetUrls: [] }))).toEqual([
      ['NO_CARDS', null, 'cards'],
      ['NO_TARGET', null, 'targetUrls'],
    ])
    expect(problemsOf(draft([card('MESSAGE', { key: 'a' })], { targetUrls: [] }), { kind: 'FLOW' })).toEqual(
      [],
    )
  })

  it('has its own problems first, and those of the cards in their order', () => {
    const drafted = draft(
      [
        card('MESSAGE', { key: 'a', next: 'c', text: '{{agent.name}}' }),
        card('MESSAGE', { key: 'b', next: 'nowhere' }),
        card('MESSAGE', { key: 'c', next: 'a', text: '{{x}}' }),
      ],
      { targetUrls: [] },
    )
    expect(problemsOf(drafted)).toEqual([
      ['NO_TARGET', null, 'targetUrls'],
      ['UNKNOWN_TOKEN', 'a', 'cards.0.message.text'],
      ['UNKNOWN_NEXT', 'b', 'cards.1.message.next'],
      ['UNREACHABLE_CARD', 'b', 'cards.1.message.key'],
      ['MALFORMED_TOKEN', 'c', 'cards.2.message.text'],
      ['CYCLE_WITHOUT_ANSWER', 'c', 'cards.2.message.next'],
    ])
  })
})

describe('a card', () => {
  it.each<[string, DraftCard[], (string | null)[][]]>([
    ['a card', [card('MESSAGE', { key: 'a', next: 'x' })], [['UNKNOWN_NEXT', 'a', 'cards.0.message.next']]],
    ['an answer', [question('a', [null, 'x'])], [['UNKNOWN_NEXT', 'a', 'cards.0.question.answers.1.next']]],
    [
      'a branch',
      [branch('a', ['x', 'y'])],
      [
        ['UNKNOWN_NEXT', 'a', 'cards.0.branch.branches.0.next'],
        ['UNKNOWN_NEXT', 'a', 'cards.0.branch.branches.1.next'],
      ],
    ],
    [
      'a live chat',
      [card('LIVE_CHAT', { key: 'a', next: 'x' })],
      [
        ['UNKNOWN_NEXT', 'a', 'cards.0.liveChat.next'],
        ['LIVE_CHAT_NOT_LAST', 'a', 'cards.0.liveChat.next'],
      ],
    ],
    [
      'a card whose key is that of an object',
      [card('MESSAGE', { key: 'a', next: 'constructor' })],
      [['UNKNOWN_NEXT', 'a', 'cards.0.message.next']],
    ],
  ])('must lead to another one: %s', (_what, cards, expected) => {
    expect(ofCards(...cards)).toEqual(expected)
  })

  it.each<[string, DraftCard[]]>([
    ['beside the first', [card('MESSAGE', { key: 'a' }), card('MESSAGE', { key: 'b' })]],
    ['of its own', [card('MESSAGE', { key: 'a' }), question('b', ['b'])]],
    [
      'after a question whose answers lead elsewhere',
      [question('a', [...'c'], 'b'), card('MESSAGE', { key: 'b' }), card('MESSAGE', { key: 'c' })],
    ],
  ])('that nobody reaches is named: %s', (_what, cards) => {
    expect(ofCards(...cards)).toEqual([
      ['UNREACHABLE_CARD', 'b', expect.stringMatching(/^cards\.1\..*\.key$/)],
    ])
  })

  it.each<[string, DraftCard[], string | null]>([
    ['itself', [card('MESSAGE', { key: 'a', next: 'a' })], 'a'],
    ['messages', [card('MESSAGE', { key: 'a', next: 'b' }), card('GOAL', { key: 'b', next: 'a' })], 'b'],
    ['a branch', [branch('a', ['b'], null), card('ACTION', { key: 'b', next: 'a' })], 'b'],
    ['the way otherwise of a branch', [branch('a', ['b'], 'a'), card('MESSAGE', { key: 'b' })], 'a'],
    ['a capture that is skipped', [card('CAPTURE', { key: 'a', whenKnown: 'SKIP', next: 'a' })], 'a'],
    ['a question', [card('MESSAGE', { key: 'a', next: 'b' }), question('b', ['a'])], null],
    ['a question that leads to itself', [question('a', ['a'])], null],
    ['a capture', [card('CAPTURE', { key: 'a', next: 'a' })], null],
    ['a meeting', [card('MESSAGE', { key: 'a', next: 'b' }), card('MEETING', { key: 'b', next: 'a' })], null],
  ])('must not lead back without an answer: through %s', (_what, cards, named) => {
    expect(ofCards(...cards)).toEqual(
      named === null ? [] : [['CYCLE_WITHOUT_ANSWER', named, expect.stringContaining('.next')]],
    )
  })

  it('names one cycle once, although several ways close it', () => {
    expect(ofCards(branch('a', ['a', 'a'], 'a')).map(([code]) => code)).toEqual(['CYCLE_WITHOUT_ANSWER'])
  })

  it('must come after not too many without an answer', () => {
    expect(ofCards(...messages(MAX_STEPS_WITHOUT_ANSWER))).toEqual([])
    expect(ofCards(...messages(MAX_STEPS_WITHOUT_ANSWER + 50))).toEqual([
      ['TOO_MANY_STEPS', 'm49', 'cards.49.message.next'],
    ])
    expect(ofCards(...messages(MAX_STEPS_WITHOUT_ANSWER, 'q'), question('q', ['m0']))).toEqual([])
    expect(ofCards(...messages(MAX_STEPS_WITHOUT_ANSWER, 'c'), card('LIVE_CHAT', { key: 'c' }))).toEqual([
      ['TOO_MANY_STEPS', 'm0', 'cards.0.message.next'],
    ])
  })

  it('must not follow a live chat', () => {
    expect(ofCards(card('LIVE_CHAT', { key: 'a', next: 'b' }), card('MESSAGE', { key: 'b' }))).toEqual([
      ['LIVE_CHAT_NOT_LAST', 'a', 'cards.0.liveChat.next'],
    ])
  })
})
