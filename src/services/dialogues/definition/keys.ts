// The keys by which cards lead to each other, and how the cards of a flow take the place of the card that names it.
import type { Card, Definition } from './compiled.ts'
import type { CardRouting, FlowCard, RunningCard } from './draft.ts'

/** Published flows by the id of their dialogue. */
export type PublishedFlows = ReadonlyMap<string, Definition>

type AnyCard<Of> = RunningCard<Of, CardRouting> | FlowCard

/** @returns the card with other keys. Where it leads nowhere, the dialogue ends */
export function mapKeys<C extends RunningCard<unknown, CardRouting>>(
  card: C,
  map: (key: string) => string,
): C {
  const mapNext = (next: string | null) => (next === null ? null : map(next))
  const mapped = { ...card, key: map(card.key), next: mapNext(card.next) }
  if (mapped.kind === 'QUESTION') {
    return { ...mapped, answers: mapped.answers.map((answer) => ({ ...answer, next: mapNext(answer.next) })) }
  }
  if (mapped.kind === 'BRANCH') {
    return { ...mapped, branches: mapped.branches.map((branch) => ({ ...branch, next: map(branch.next) })) }
  }
  return mapped
}

/** @returns for the key of a card, the key of what runs in its place: of a flow's card, the first card of the flow */
export function entryOf(cards: AnyCard<unknown>[], flows: PublishedFlows): (key: string) => string {
  const entries = new Map(
    cards.flatMap((card) => {
      const flow = card.kind === 'FLOW' ? flows.get(card.flowId) : undefined
      return flow === undefined ? [] : [[card.key, keyInFlow(card.key, flow.start)]]
    }),
  )
  return (key) => entries.get(key) ?? key
}

/** @returns the cards of a flow. Where the flow ends, they lead to what comes after the card */
export function inlineFlow(
  card: FlowCard,
  { flow, entry }: { flow: Definition; entry: (key: string) => string },
): Card[] {
  const end = card.next === null ? null : entry(card.next)
  return flow.cards.map((inner) => {
    const mapped = mapKeys(inner, (key) => keyInFlow(card.key, key))
    return mapped.kind === 'LIVE_CHAT' ? mapped : { ...mapped, next: mapped.next ?? end }
  })
}

const keyInFlow = (flowCard: string, key: string) => `${flowCard}/${key}`

/** @returns how many flows are within each other in a flow, with itself */
export function depthOf({ cards }: Pick<Definition, 'cards'>): number {
  return cards.reduce((deepest, { key }) => Math.max(deepest, key.split('/').length), 1)
}

/** @returns the keys of the cards that can follow, each once */
export function followersOf(card: AnyCard<unknown>): string[] {
  const keys = waysOf(card).filter((key) => key !== null)
  return [...new Set(keys)]
}

function waysOf(card: AnyCard<unknown>): (string | null)[] {
  if (card.kind === 'QUESTION') return card.answers.map(({ next }) => next ?? card.next)
  if (card.kind === 'BRANCH') return [...card.branches.map(({ next }) => next), card.next]
  return [card.next]
}
