// Flows in dialogues: what they must not be, and how their cards take the place of the card that names them.
import { describe, expect, it } from 'vitest'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import type { DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import {
  MAX_CARD_KEY_LENGTH,
  MAX_COMPILED_CARDS,
  MAX_FLOW_DEPTH,
} from '../../src/services/dialogues/definition/limits.ts'
import { MAX_CARD_KEY_LENGTH as MAX_RUNNING_KEY_LENGTH } from '../../src/services/dialogues/running/answer-input.ts'
import { branch, card, draft, problemsOf, publishFlow, question } from '../kit/drafts.ts'

describe('a flow in a dialogue', () => {
  const withFlow = (cards: DraftCard[], flow: Definition | null | undefined) =>
    problemsOf(draft(cards), { flows: new Map(flow === undefined ? [] : [['flow', flow]]) })
  const asks = publishFlow([question('q', [null])])
  const says = publishFlow([card('MESSAGE', { key: 'm' })])
  const asksSome = publishFlow([
    branch('b', ['q'], 'm'),
    question('q', [null]),
    card('MESSAGE', { key: 'm' }),
  ])
  const chats = publishFlow([question('q', ['c', null]), card('LIVE_CHAT', { key: 'c' })])
  const flowCard = card('FLOW', { key: 'f' })

  it('is published and not deleted', () => {
    expect(withFlow([flowCard], asks)).toEqual([])
    expect(withFlow([flowCard], null)).toEqual([['FLOW_NOT_PUBLISHED', 'f', 'cards.0.flow.flowId']])
    expect(withFlow([flowCard], undefined)).toEqual([['FLOW_DELETED', 'f', 'cards.0.flow.flowId']])
  })

  it('does not contain the dialogue, directly or through other flows', () => {
    const inItself = [['FLOW_IN_ITSELF', 'f', 'cards.0.flow.flowId']]
    expect(withFlow([flowCard], { ...says, flowIds: ['other', 'this'] })).toEqual(inItself)
    expect(
      problemsOf(draft([card('FLOW', { key: 'f', flowId: 'this' })]), { flows: new Map([['this', null]]) }),
    ).toEqual(inItself)
  })

  it('is followed by no card if it has a live chat', () => {
    const before = [card('FLOW', { key: 'f', next: 'm' }), card('MESSAGE', { key: 'm' })]
    expect(withFlow(before, chats)).toEqual([['LIVE_CHAT_IN_FLOW', 'f', 'cards.0.flow.next']])
    expect(withFlow(before, asks)).toEqual([])
    expect(withFlow([flowCard], chats)).toEqual([])
  })

  it('closes a cycle unless each way through it waits for an answer', () => {
    const cycle = [card('FLOW', { key: 'f', next: 'm' }), card('MESSAGE', { key: 'm', next: 'f' })]
    expect(withFlow(cycle, asks)).toEqual([])
    expect(withFlow(cycle, says)).toEqual([['CYCLE_WITHOUT_ANSWER', 'm', 'cards.1.message.next']])
    expect(withFlow(cycle, asksSome)).toEqual([
      ['CYCLE_WITHOUT_ANSWER', expect.any(String), expect.any(String)],
    ])
  })

  it('leads to the cards after it, also while it is not published', () => {
    const cards = [card('FLOW', { key: 'f', next: 'm' }), card('MESSAGE', { key: 'm' })]
    expect(withFlow(cards, asks)).toEqual([])
    expect(withFlow(cards, null)).toEqual([['FLOW_NOT_PUBLISHED', 'f', 'cards.0.flow.flowId']])
    expect(withFlow(cards, publishFlow([question('q', ['m']), card('GOAL', { key: 'm' })]))).toEqual([])
  })

  it('makes it not too large', () => {
    const large = publishFlow([question('q', ['q'])])
    const many = { ...large, cards: Array.from({ length: MAX_COMPILED_CARDS / 2 }, () => large.cards).flat() }
    expect(withFlow([flowCard], many)).toEqual([])
    const twice = [card('FLOW', { key: 'f', next: 'g' }), card('FLOW', { key: 'g' })]
    expect(withFlow(twice, many)[0]).toEqual(['TOO_LARGE', null, 'cards'])
    const long = publishFlow([card('MESSAGE', { key: 'm', text: 'x'.repeat(600 * 1024) })])
    expect(withFlow([flowCard], long)).toEqual([])
    expect(withFlow(twice, long)[0]).toEqual(['TOO_LARGE', null, 'cards'])
  })

  it('is not looked through if it makes it too large', () => {
    const refused = () => {
      throw new Error('The cards must not be taken in.')
    }
    const cards = Object.assign(Array(MAX_COMPILED_CARDS).fill(asks.cards[0]), { map: refused })
    expect(withFlow([flowCard], { ...asks, cards })).toEqual([['TOO_LARGE', null, 'cards']])
  })

  it('is in so few others that cards can be named in answers', () => {
    const nested = (depth: number): Definition => {
      if (depth === 1) return asks
      return publishFlow([flowCard], new Map([['flow', nested(depth - 1)]]))
    }
    expect(withFlow([flowCard], nested(MAX_FLOW_DEPTH))).toEqual([])
    expect(withFlow([flowCard], nested(MAX_FLOW_DEPTH + 1))).toEqual([
      ['FLOWS_TOO_DEEP', 'f', 'cards.0.flow.flowId'],
    ])
    expect((MAX_FLOW_DEPTH + 1) * (MAX_CARD_KEY_LENGTH + 1)).toBeLessThan(MAX_RUNNING_KEY_LENGTH)
  })
})
