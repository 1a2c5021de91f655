// From one card to the next that waits for an answer. Pure: what happens on the way is returned, and done by the caller.
import type { Attribute, AttributeValue } from '../../attributes/attribute.ts'
import type { ConditionGroup } from '../../attributes/conditions.ts'
import type { Card } from '../definition/compiled.ts'
import type { CardBranch, DocumentCard, LiveChatCard } from '../definition/draft.ts'
import { MAX_STEPS_WITHOUT_ANSWER } from '../definition/limits.ts'
import type { TextRun } from '../definition/rich-text.ts'
import type { Saying, Speaker } from './speaker.ts'

/** What a card says, with tokens filled in. */
export interface ShownText {
  cardKey: string
  /** Plain; empty for a document. */
  text: string
  runs: TextRun[]
  document: Pick<DocumentCard, 'name' | 'url'> | null
  /** Of a capture that asks for a value which is known: the value, for the visitor to change. */
  prefilled: string | null
}

export type Effect =
  | { kind: 'GOAL'; cardKey: string; score: number | null }
  /** The visitor gets to an agent. */
  | { kind: 'LIVE_CHAT'; card: LiveChatCard }

export interface Walk {
  /** In order, with the card that waits as the last one. */
  shown: ShownText[]
  effects: Effect[]
  /** What action cards have set, in order. */
  said: Saying[]
  /** The speaker after all that was said. */
  speaker: Speaker
  /** The key of the card that waits for an answer; null: none does. */
  pending: string | null
  /** Whether the dialogue is over because nothing follows. With neither a pending card nor this, there were too many cards or answers. */
  isCompleted: boolean
}

export interface Surroundings {
  cards: ReadonlyMap<string, Card>
  speaker: Speaker
  /** Whether an agent is available for a live chat. */
  isAgentAvailable: boolean
  /** Whether the visitor has answered a card: only then does a live chat begin without being asked for. */
  isEngaged: boolean
}

export interface Tools {
  evaluate(group: ConditionGroup, read: Speaker['read']): boolean
  /** @returns null for a text that is no value of the attribute */
  parse(attribute: Attribute, text: string): AttributeValue | null
  /** Fills in the tokens of a text. */
  fill(text: string, speaker: Speaker): { text: string; runs: TextRun[] }
}

/** What one card does. */
interface Step {
  shown?: Omit<ShownText, 'cardKey'>
  effect?: Effect
  said?: Saying
  next: string | null
  isWaiting?: boolean
}

/** @param from the key of the first card; null: the dialogue is over at once */
export function walk(from: string | null, surroundings: Surroundings, tools: Tools): Walk {
  const { cards, speaker } = surroundings
  const walked: Walk = { shown: [], effects: [], said: [], speaker, pending: null, isCompleted: false }
  let key = from
  for (let count = 0; ; count += 1) {
    const card = key === null ? undefined : cards.get(key)
    if (card === undefined) return { ...walked, isCompleted: true }
    const step = stepOf(card, { ...surroundings, speaker: walked.speaker }, tools)
    if (count === MAX_STEPS_WITHOUT_ANSWER && !step.isWaiting) return walked
    take(walked, card.key, step)
    if (step.isWaiting) return { ...walked, pending: card.key }
    key = step.next
  }
}

function take(walked: Walk, cardKey: string, { shown, effect, said }: Step): void {
  if (shown) walked.shown.push({ cardKey, ...shown })
  if (effect) walked.effects.push(effect)
  if (said === undefined) return
  walked.said.push(said)
  walked.speaker = walked.speaker.say(said)
}

function stepOf(card: Card, surroundings: Surroundings, tools: Tools): Step {
  const { speaker, isEngaged } = surroundings
  const { next } = card
  const says = (text: string, prefilled: string | null = null) => ({
    ...tools.fill(text, speaker),
    document: null,
    prefilled,
  })
  switch (card.kind) {
    case 'MESSAGE':
      return { shown: says(card.text), next }
    case 'QUESTION':
    case 'MEETING':
      return { shown: says(card.text), next, isWaiting: true }
    case 'CAPTURE': {
      const known = speaker.read(card.attribute)
      if (known !== null && card.whenKnown === 'SKIP') return { next }
      return { shown: says(card.text, known === null ? null : String(known)), next, isWaiting: true }
    }
    case 'LIVE_CHAT':
      return isEngaged
        ? { shown: says(card.text), effect: { kind: 'LIVE_CHAT', card }, next: null }
        : { shown: says(card.text), next: null, isWaiting: true }
    case 'BRANCH': {
      const isMet = (branch: CardBranch<Attribute>) => isBranchMet(branch, surroundings, tools)
      return { next: card.branches.find(isMet)?.next ?? next }
    }
    case 'GOAL':
      return { effect: { kind: 'GOAL', cardKey: card.key, score: card.score }, next }
    case 'DOCUMENT':
      return {
        shown: { text: '', runs: [], document: { name: card.name, url: card.url }, prefilled: null },
        next,
      }
    case 'ACTION': {
      const { attribute } = card
      const value = tools.parse(attribute, tools.fill(card.value, speaker).text)
      const isNews = value !== null && value !== speaker.read(attribute)
      return { ...(isNews ? { said: { attribute, value } } : {}), next }
    }
  }
}

function isBranchMet(
  { conditions, liveAgentAvailable }: CardBranch<Attribute>,
  { speaker, isAgentAvailable }: Surroundings,
  { evaluate }: Tools,
): boolean {
  const isThere = liveAgentAvailable === null || liveAgentAvailable === isAgentAvailable
  return isThere && (conditions === null || evaluate(conditions, speaker.read))
}
