// What dialogues name: attributes, flows and tokens.
import type { Attribute } from '../../attributes/attribute.ts'
import { attributesIn } from '../../attributes/condition-faults.ts'
import type { ConditionGroup } from '../../attributes/conditions.ts'
import { readTokens, type Token } from '../../invitations/tokens.ts'
import type { CardRouting, DraftCard, FlowCard, RunningCard } from './draft.ts'
import { readTokensOf } from './rich-text.ts'

/** A card of a draft or of a definition. */
type AnyCard<Of> = RunningCard<Of, CardRouting> | FlowCard

/** @returns the tokens in the text of a card that takes them, with the text's field */
export function tokensOf(
  card: AnyCard<unknown>,
): { field: string; tokens: Token[]; malformed: string[] } | null {
  if (card.kind === 'ACTION') return { field: 'value', ...readTokens(card.value) }
  return 'text' in card ? { field: 'text', ...readTokensOf(card.text) } : null
}

/** @returns what a card names beside its conditions, with the fields */
export function attributeFieldsOf<Of>(card: AnyCard<Of>): { field: string; attribute: Of }[] {
  const fields: Record<string, Of | null> =
    card.kind === 'MEETING'
      ? { agentNameToId: card.agentNameTo, agentEmailToId: card.agentEmailTo }
      : { attributeId: 'attribute' in card ? card.attribute : null }
  return Object.entries(fields).flatMap(([field, attribute]) =>
    attribute === null ? [] : [{ field, attribute }],
  )
}

export function routingsOf(cards: DraftCard[]): CardRouting[] {
  return cards.flatMap((card) => ('routing' in card ? [card.routing] : []))
}

/** @returns the flows that cards name, each once */
export function flowIdsOf(cards: DraftCard[]): string[] {
  return [...new Set(cards.flatMap((card) => (card.kind === 'FLOW' ? [card.flowId] : [])))]
}

/** What a draft and a definition have in common. */
interface Content<Of> {
  audience: ConditionGroup<Of>
  cards: AnyCard<Of>[]
}

/** @param idOf the id of an attribute as the content names it
 * @param attributes those of the workspace, of which tokens name some
 * @returns the ids of the attributes that the content uses, each once */
export function usedAttributes<Of>(
  { audience, cards }: Content<Of>,
  { idOf, attributes }: { idOf: (attribute: Of) => string; attributes: Iterable<Attribute> },
): string[] {
  const named = [
    ...attributesIn(audience),
    ...cards.flatMap((card) => [
      ...attributeFieldsOf(card).map(({ attribute }) => attribute),
      ...inBranches(card),
    ]),
  ]
  const tokens = cards.flatMap((card) => tokensOf(card)?.tokens ?? [])
  const written = [...attributes].filter((each) => tokens.some((token) => isTokenOf(token, each)))
  return [...new Set([...named.map(idOf), ...written.map(({ id }) => id)])]
}

function inBranches<Of>(card: AnyCard<Of>): Of[] {
  if (card.kind !== 'BRANCH') return []
  return card.branches.flatMap(({ conditions }) => (conditions === null ? [] : attributesIn(conditions)))
}

/** Whether a token stands for the value of an attribute. */
export function isTokenOf(token: Token, { entity, name }: Attribute): boolean {
  return token.family === (entity === 'PERSON' ? 'lead' : 'company') && token.attribute === name
}
