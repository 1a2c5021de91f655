// A walk through the cards of a dialogue, from one that waits for an answer to the next.
import { describe, expect, it } from 'vitest'
import type { Card } from '../../src/services/dialogues/definition/compiled.ts'
import { MAX_STEPS_WITHOUT_ANSWER } from '../../src/services/dialogues/definition/limits.ts'
import { speakerOf } from '../../src/services/dialogues/running/speaker.ts'
import { walkTools } from '../../src/services/dialogues/running/tools.ts'
import { type Surroundings, walk } from '../../src/services/dialogues/running/walk.ts'
import { type Claim, NOTHING_CLAIMED } from '../../src/services/people/claim.ts'
import {
  action,
  attribute,
  branch,
  builtIn,
  capture,
  document,
  goal,
  liveChat,
  meeting,
  message,
  question,
} from '../kit/dialogue-cards.ts'

const email = builtIn('email')
const plan = attribute('plan')
const seats = attribute('seats', { type: 'INTEGER' })

interface Given {
  /** The first one begins. */
  cards: Card[]
  claimed?: Partial<Claim>
  /** What is stored of the person. */
  person?: Partial<Claim>
  isVerified?: boolean
  isAgentAvailable?: boolean
  isEngaged?: boolean
}

function go({
  cards,
  claimed,
  person,
  isVerified = false,
  isAgentAvailable = false,
  isEngaged = false,
}: Given) {
  const speaker = speakerOf({
    isVerified,
    person: { ...NOTHING_CLAIMED, ...person },
    claimed: claimed ? { ...NOTHING_CLAIMED, ...claimed } : null,
  })
  const byKey = new Map(cards.map((card) => [card.key, card]))
  const surroundings: Surroundings = { cards: byKey, speaker, isAgentAvailable, isEngaged }
  return walk(cards[0]?.key ?? null, surroundings, walkTools({ phoneCountry: null }))
}

/** What is shown, in one line, and how it ends. */
function told(given: Given): string {
  const { shown, pending, isCompleted } = go(given)
  const end = pending === null ? (isCompleted ? 'completed' : 'cut off') : `waits for ${pending}`
  return [...shown.map(({ text, document }) => document?.name ?? text), end].join(' | ')
}

const end = message('end', 'Bye.')

describe('a walk', () => {
  it.each<[string, Given, string]>([
    [
      'shows messages to the end',
      { cards: [message('a', 'A', 'b'), message('b', 'B')] },
      'A | B | completed',
    ],
    [
      'stops at a question',
      { cards: [message('a', 'A', 'b'), question('b', { x: 'c' }), message('c', 'C')] },
      'A | b? | waits for b',
    ],
    ['stops at a meeting', { cards: [meeting('m', 'end'), end] }, 'When? | waits for m'],
    ['stops at a capture', { cards: [capture('c', email, { next: 'end' }), end] }, 'c? | waits for c'],
    ['offers a document and goes on', { cards: [document('d', 'end'), end] }, 'd | Bye. | completed'],
    ['passes over a goal', { cards: [goal('g', 'end'), end] }, 'Bye. | completed'],
    ['is completed without a card to follow', { cards: [message('a', 'A', 'gone')] }, 'A | completed'],

    [
      'skips a capture of what the visitor has said',
      {
        cards: [capture('c', email, { whenKnown: 'SKIP', next: 'end' }), end],
        claimed: { email: 'a@b.test' },
      },
      'Bye. | completed',
    ],
    [
      'asks for what is only stored of the person',
      {
        cards: [capture('c', email, { whenKnown: 'SKIP', next: 'end' }), end],
        person: { email: 'a@b.test' },
      },
      'c? | waits for c',
    ],
    [
      'skips what is stored of a verified visitor',
      {
        cards: [capture('c', email, { whenKnown: 'SKIP', next: 'end' }), end],
        person: { email: 'a@b.test' },
        isVerified: true,
      },
      'Bye. | completed',
    ],
    [
      'asks again for what is to be overwritten',
      { cards: [capture('c', email, { next: 'end' }), end], claimed: { email: 'a@b.test' } },
      'c? | waits for c',
    ],

    [
      'takes the first branch that is met',
      {
        cards: [
          branch(
            'b',
            [
              { is: [plan, 'gold'], next: 'g' },
              { is: [plan, 'GOLD'], next: 'end' },
            ],
            'end',
          ),
          message('g', 'Gold!'),
          end,
        ],
        claimed: { attributes: { plan: 'Gold' } },
      },
      'Gold! | completed',
    ],
    [
      'takes the card’s own way if none is met',
      { cards: [branch('b', [{ is: [plan, 'gold'], next: 'g' }], 'end'), message('g', 'Gold!'), end] },
      'Bye. | completed',
    ],
    [
      'does not branch by what is only stored',
      {
        cards: [branch('b', [{ is: [plan, 'gold'], next: 'g' }], 'end'), message('g', 'Gold!'), end],
        person: { attributes: { plan: 'gold' } },
      },
      'Bye. | completed',
    ],
    [
      'branches for an available agent',
      {
        cards: [
          branch('b', [
            { agent: true, next: 'g' },
            { agent: false, next: 'end' },
          ]),
          message('g', 'Here!'),
          end,
        ],
        isAgentAvailable: true,
      },
      'Here! | completed',
    ],
    [
      'branches without an available agent',
      {
        cards: [
          branch('b', [
            { agent: true, next: 'g' },
            { agent: false, next: 'end' },
          ]),
          message('g', 'Here!'),
          end,
        ],
      },
      'Bye. | completed',
    ],
    [
      'takes a branch that asks for nothing',
      { cards: [branch('b', [{ next: 'end' }]), end] },
      'Bye. | completed',
    ],

    [
      'sets an attribute for what follows',
      {
        cards: [
          action('a', plan, 'gold', 'b'),
          branch('b', [{ is: [plan, 'gold'], next: 'g' }], 'end'),
          message('g', '{{lead.plan}}!'),
          end,
        ],
      },
      'gold! | completed',
    ],
    [
      'sets an attribute to tokens',
      {
        cards: [action('a', plan, '{{lead.firstName:"x"}} plan', 'm'), message('m', '{{lead.plan}}')],
        claimed: { firstName: 'Ada' },
      },
      'Ada plan | completed',
    ],
    [
      'sets nothing to a value of another type',
      { cards: [action('a', seats, 'many', 'm'), message('m', '{{lead.seats:"none"}}')] },
      'none | completed',
    ],

    [
      'fills in what the visitor has said',
      {
        cards: [message('m', 'Hi {{lead.firstName:"there"}} of {{company.name:"somewhere"}}.')],
        claimed: { firstName: 'Ada', companyName: 'Acme' },
      },
      'Hi Ada of Acme. | completed',
    ],
    [
      'fills in nothing that is only stored',
      { cards: [message('m', 'Hi {{lead.firstName:"there"}}.')], person: { firstName: 'Ada' } },
      'Hi there. | completed',
    ],

    [
      'asks before a live chat that nobody has answered for',
      { cards: [liveChat('l')] },
      'An agent comes. | waits for l',
    ],
    [
      'is completed with a live chat',
      { cards: [message('a', 'A', 'l'), liveChat('l')], isEngaged: true },
      'A | An agent comes. | completed',
    ],
  ])('%s', (_name, given, expected) => {
    expect(told(given)).toBe(expected)
  })

  it('tells what was reached and set on the way', () => {
    const cards = [
      goal('g', 'a'),
      action('a', plan, 'gold', 'b'),
      action('b', plan, 'gold', 'l'),
      liveChat('l'),
    ]
    const { effects, said, speaker } = go({ cards, isEngaged: true })
    expect(effects).toMatchObject([
      { kind: 'GOAL', cardKey: 'g', score: 2 },
      { kind: 'LIVE_CHAT', card: { key: 'l' } },
    ])
    // The second action sets what is set already.
    expect(said).toEqual([{ attribute: plan, value: 'gold' }])
    expect(speaker.read(plan)).toBe('gold')
  })

  it('offers what is known for the visitor to change', () => {
    const given = { cards: [capture('c', seats)], claimed: { attributes: { seats: 5 } } }
    expect(go(given).shown).toMatchObject([{ cardKey: 'c', prefilled: '5' }])
    expect(go({ cards: given.cards }).shown).toMatchObject([{ cardKey: 'c', prefilled: null }])
  })

  it('ends after too many cards without an answer', () => {
    const cards = [message('a', 'A', 'b'), message('b', 'B', 'a')]
    expect(go({ cards })).toMatchObject({ pending: null, isCompleted: false })
    expect(go({ cards }).shown).toHaveLength(MAX_STEPS_WITHOUT_ANSWER)
    const keys = Array.from({ length: MAX_STEPS_WITHOUT_ANSWER + 1 }, (_one, index) => `${index}`)
    const chain = keys.map((key, index) => message(key, 'X', `${index + 1}`))
    expect(go({ cards: chain }).isCompleted).toBe(false)
    expect(go({ cards: chain.slice(1) }).isCompleted).toBe(true)
    expect(go({ cards: [...chain.slice(1), question('101', {})] }).pending).toBe('101')
  })
})
