// Makes of a draft what is published: with the definitions of its attributes and the cards of its flows in place.
import type { Attribute } from '../../attributes/attribute.ts'
import { mapAttributes } from '../../attributes/condition-faults.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import type { Definition } from './compiled.ts'
import type { CardRouting, Draft, RunningCard } from './draft.ts'
import { entryOf, inlineFlow, mapKeys, type PublishedFlows } from './keys.ts'

/** A draft with the columns that are edited with it. */
export interface DraftedDialogue {
  name: string
  kind: Definition['kind']
  priority: number
  draft: Draft
}

/** What a draft names by id. */
export interface Named {
  attributes: ReadonlyMap<string, Attribute>
  flows: PublishedFlows
}

/** @throws Error for a draft with problems that keep it from running (`findProblems`) */
export function compile({ draft, ...columns }: DraftedDialogue, { attributes, flows }: Named): Definition {
  const { audience, targetUrls, excludedUrls, trigger, cards } = draft
  const [first] = cards
  if (first === undefined) throw new Error('A dialogue without cards cannot run.')
  const attributeOf = (id: string) => found(attributes.get(id), `attribute ${id}`)
  const flowOf = (id: string) => found(flows.get(id), `published flow ${id}`)
  const entry = entryOf(cards, flows)
  const flowIds = cards.flatMap((card) =>
    card.kind === 'FLOW' ? [card.flowId, ...flowOf(card.flowId).flowIds] : [],
  )
  return {
    ...columns,
    audience: mapAttributes(audience, attributeOf),
    targetUrls,
    excludedUrls,
    trigger,
    start: entry(first.key),
    cards: cards.flatMap((card) =>
      card.kind === 'FLOW'
        ? inlineFlow(card, { flow: flowOf(card.flowId), entry })
        : [mapKeys(withAttributes(card, attributeOf), entry)],
    ),
    flowIds: [...new Set(flowIds)].sort(),
  }
}

function withAttributes(
  card: RunningCard<string, CardRouting>,
  attributeOf: (id: string) => Attribute,
): RunningCard<Attribute> {
  const orNull = (id: string | null) => (id === null ? null : attributeOf(id))
  switch (card.kind) {
    case 'QUESTION':
      return { ...card, attribute: orNull(card.attribute) }
    case 'CAPTURE':
    case 'ACTION':
      return { ...card, attribute: attributeOf(card.attribute) }
    case 'MEETING':
      return {
        ...card,
        routing: asTarget(card.routing),
        agentNameTo: orNull(card.agentNameTo),
        agentEmailTo: orNull(card.agentEmailTo),
      }
    case 'LIVE_CHAT':
      return { ...card, routing: asTarget(card.routing) }
    case 'BRANCH':
      return {
        ...card,
        branches: card.branches.map((branch) => ({
          ...branch,
          conditions: branch.conditions && mapAttributes(branch.conditions, attributeOf),
        })),
      }
    case 'MESSAGE':
    case 'GOAL':
    case 'DOCUMENT':
      return card
  }
}

function asTarget(routing: CardRouting): RoutingTarget {
  if ('rules' in routing) throw new Error('Routing by rules cannot run yet.')
  return routing
}

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`There is no ${what}.`)
  return value
}
