// What is true of every walk, however the cards are connected.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MAX_STEPS_WITHOUT_ANSWER } from '../../src/services/dialogues/definition/limits.ts'
import { speakerOf } from '../../src/services/dialogues/running/speaker.ts'
import { walkTools } from '../../src/services/dialogues/running/tools.ts'
import { walk } from '../../src/services/dialogues/running/walk.ts'
import { NOTHING_CLAIMED } from '../../src/services/people/claim.ts'
import { action, branch, builtIn, capture, goal, message, question } from '../kit/dialogue-cards.ts'

const firstName = builtIn('firstName')
const speaker = speakerOf({ isVerified: false, person: NOTHING_CLAIMED, claimed: null })

it('shows a part of the cards, each where the one before leads, and always ends', () => {
  const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
  const next = fc.option(keys, { nil: null })
  const anyCard = fc.oneof(
    fc.record({ next }).map(({ next }) => message('', 'M', next)),
    fc.record({ next }).map(({ next }) => question('', { x: next })),
    fc.record({ next }).map(({ next }) => goal('', next)),
    fc.record({ next }).map(({ next }) => capture('', firstName, { whenKnown: 'SKIP', next })),
    fc.record({ next, way: keys }).map(({ next, way }) => branch('', [{ agent: true, next: way }], next)),
    fc.record({ next }).map(({ next }) => action('', firstName, 'Ada', next)),
  )
  const graph = fc.array(anyCard, { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(graph, fc.boolean(), fc.boolean(), (given, isAgentAvailable, isEngaged) => {
      const cards = given.map((card, index) => ({ ...card, key: 'abcdef'[index] ?? '' }))
      const byKey = new Map(cards.map((card) => [card.key, card]))
      const surroundings = { cards: byKey, speaker, isAgentAvailable, isEngaged }
      const { shown, pending, isCompleted } = walk('a', surroundings, walkTools({ phoneCountry: null }))
      expect(shown.length).toBeLessThanOrEqual(MAX_STEPS_WITHOUT_ANSWER + 1)
      const kindOf = (key: string) => cards.find((card) => card.key === key)?.kind ?? ''
      expect(shown.every(({ cardKey }) => ['MESSAGE', 'QUESTION', 'CAPTURE'].includes(kindOf(cardKey)))).toBe(
        true,
      )
      const waiting = shown.filter(({ cardKey }) => kindOf(cardKey) !== 'MESSAGE')
      expect(waiting.map(({ cardKey }) => cardKey)).toEqual(pending === null ? [] : [pending])
      expect(pending !== null && isCompleted).toBe(false)
    }),
  )
})
