// Finds what keeps a draft from being published.

import type { ConditionSettings } from '../../attributes/condition-faults.ts'
import { BUILT_IN_TOKENS } from '../../invitations/token-values.ts'
import type { Token } from '../../invitations/tokens.ts'
import type { Definition } from './compiled.ts'
import type { CardRouting, Draft, DraftCard, FlowCard } from './draft.ts'
import { findGraphProblems } from './graph.ts'
import { depthOf } from './keys.ts'
import { MAX_COMPILED_BYTES, MAX_COMPILED_CARDS, MAX_FLOW_DEPTH } from './limits.ts'
import type { FlowOutline } from './outline.ts'
import { cardPath, type Problem, type ProblemCode } from './problem.ts'
import { findReferenceFaults } from './references.ts'
import { isTokenOf, tokensOf } from './uses.ts'

/** What the workspace has, as far as the draft names it. */
export interface Surroundings extends ConditionSettings {
  /** Without removed agents. */
  agentIds: ReadonlySet<string>
  teamIds: ReadonlySet<string>
  /** Without deleted ones; null: the flow is not published. */
  flows: ReadonlyMap<string, FlowOutline | null>
}

export interface Drafted {
  /** null: it has not been saved yet. */
  dialogueId: string | null
  kind: Definition['kind']
  draft: Draft
}

/** @returns the problems, those of the dialogue first, then those of its cards in order */
export function findProblems(drafted: Drafted, surroundings: Surroundings): Problem[] {
  const { kind, draft } = drafted
  const { cards, targetUrls } = draft
  const keys = new Set(cards.map(({ key }) => key))
  const isLarge = isTooLarge(draft, surroundings.flows)
  const problems = [
    ...(cards.length === 0 ? [ofDialogue('cards', NO_CARDS)] : []),
    ...(kind === 'DIALOGUE' && targetUrls.length === 0 ? [ofDialogue('targetUrls', NO_TARGET)] : []),
    ...(isLarge ? [ofDialogue('cards', TOO_LARGE)] : []),
    ...findReferenceFaults(draft, surroundings).map(({ issue: _, ...problem }) => problem),
    ...cards.flatMap((card, index) => findCardProblems({ card, index }, { drafted, keys, surroundings })),
    ...findGraphProblems(cards, isLarge ? new Map() : definitionsOf(surroundings.flows)),
  ]
  return inOrder(problems, cards)
}

function inOrder(problems: Problem[], cards: DraftCard[]): Problem[] {
  const places = new Map(cards.map(({ key }, index) => [key, index]))
  const placeOf = ({ cardKey }: Problem) => (cardKey === null ? -1 : (places.get(cardKey) ?? -1))
  return problems.toSorted((a, b) => placeOf(a) - placeOf(b))
}

interface Finding {
  code: ProblemCode
  message: string
}

const ofDialogue = (field: string, finding: Finding): Problem => ({
  cardKey: null,
  path: [field],
  ...finding,
})

const NO_CARDS: Finding = { code: 'NO_CARDS', message: 'The dialogue needs a card.' }
const NO_TARGET: Finding = { code: 'NO_TARGET', message: 'The dialogue needs a target.' }
const TOO_LARGE: Finding = {
  code: 'TOO_LARGE',
  message: `With its flows, the dialogue must have at most ${MAX_COMPILED_CARDS} cards and ${MAX_COMPILED_BYTES / 1024} KiB.`,
}

/** @returns the published flows that were read, by the ids of their dialogues */
export function definitionsOf(flows: Surroundings['flows']): Map<string, Definition> {
  return new Map([...flows].flatMap(([id, flow]) => (flow?.definition ? [[id, flow.definition]] : [])))
}

/** A bound that is known before the cards of flows are taken in, which can be millions. */
export function isTooLarge(draft: Draft, flows: ReadonlyMap<string, FlowOutline | null>): boolean {
  const inlined = draft.cards.flatMap((card) => (card.kind === 'FLOW' ? (flows.get(card.flowId) ?? []) : []))
  const cards = draft.cards.length + inlined.reduce((sum, { cardCount }) => sum + cardCount, 0)
  if (cards > MAX_COMPILED_CARDS) return true
  const bytes = inlined.reduce((sum, flow) => sum + flow.bytes, 0)
  return Buffer.byteLength(JSON.stringify(draft)) + bytes > MAX_COMPILED_BYTES
}

interface Context {
  drafted: Drafted
  /** Of its cards. */
  keys: ReadonlySet<string>
  surroundings: Surroundings
}

type Place = { index: number; card: DraftCard }

function findCardProblems(place: Place, context: Context): Problem[] {
  const { card } = place
  const routing = 'routing' in card ? routingFinding(card.routing, context.surroundings) : null
  const flow = card.kind === 'FLOW' ? flowFinding(card, context) : null
  return [
    ...unknownNexts(place, context.keys),
    ...tokenProblems(place, context.surroundings),
    ...(routing === null ? [] : [{ cardKey: card.key, path: cardPath(place, 'routing'), ...routing }]),
    ...(flow === null ? [] : [{ cardKey: card.key, path: cardPath(place, 'flowId'), ...flow }]),
  ]
}

function unknownNexts(place: Place, keys: ReadonlySet<string>): Problem[] {
  const { card } = place
  const ways = [
    { field: ['next'], next: card.next },
    ...(card.kind === 'QUESTION'
      ? card.answers.map(({ next }, index) => ({ field: ['answers', index, 'next'], next }))
      : []),
    ...(card.kind === 'BRANCH'
      ? card.branches.map(({ next }, index) => ({ field: ['branches', index, 'next'], next }))
      : []),
  ]
  return ways.flatMap(({ field, next }) =>
    next === null || keys.has(next)
      ? []
      : [
          {
            code: 'UNKNOWN_NEXT',
            cardKey: card.key,
            path: cardPath(place, ...field),
            message: `There is no card ${next}.`,
          },
        ],
  )
}

function tokenProblems(place: Place, { attributes }: Surroundings): Problem[] {
  const { card } = place
  const text = tokensOf(card)
  if (text === null) return []
  const known = [...attributes.values()]
  const unknown = text.tokens.filter(
    (token) => !isBuiltIn(token) && !known.some((each) => isTokenOf(token, each)),
  )
  const at = { cardKey: card.key, path: cardPath(place, text.field) }
  return [
    ...[...new Set(unknown.map(({ written }) => written))].map(
      (written): Problem => ({ ...at, code: 'UNKNOWN_TOKEN', message: `The token ${written} is unknown.` }),
    ),
    ...[...new Set(text.malformed)].map(
      (written): Problem => ({
        ...at,
        code: 'MALFORMED_TOKEN',
        message: `${written} is not a token. An example of a token is {{lead.firstName:"there"}}.`,
      }),
    ),
  ]
}

/** Of the visitor: an agent and a meeting are not known to a dialogue. */
function isBuiltIn({ family, attribute }: Token): boolean {
  return (family === 'lead' || family === 'company') && Object.hasOwn(BUILT_IN_TOKENS[family], attribute)
}

function routingFinding(routing: CardRouting, { agentIds, teamIds }: Surroundings): Finding | null {
  if ('rules' in routing) {
    return {
      code: 'RULES_NOT_AVAILABLE',
      message: 'There are no routing rules yet: choose an agent, a team or round robin.',
    }
  }
  if ('agentId' in routing && !agentIds.has(routing.agentId)) {
    return { code: 'AGENT_REMOVED', message: 'The agent was removed.' }
  }
  if ('teamId' in routing && !teamIds.has(routing.teamId)) {
    return { code: 'TEAM_DELETED', message: 'The team was deleted.' }
  }
  return null
}

const FLOWS_TOO_DEEP: Finding = {
  code: 'FLOWS_TOO_DEEP',
  message: `At most ${MAX_FLOW_DEPTH} flows can be within each other.`,
}

function flowFinding(
  { flowId }: FlowCard,
  { drafted: { dialogueId }, surroundings }: Context,
): Finding | null {
  const flow = surroundings.flows.get(flowId)
  if (flow === undefined) return { code: 'FLOW_DELETED', message: 'The flow was deleted.' }
  const isInItself = dialogueId !== null && (flowId === dialogueId || flow?.flowIds.includes(dialogueId))
  if (isInItself) return { code: 'FLOW_IN_ITSELF', message: 'The flow would contain itself.' }
  if (flow === null) return { code: 'FLOW_NOT_PUBLISHED', message: 'The flow is not published.' }
  return flow.definition && depthOf(flow.definition) > MAX_FLOW_DEPTH ? FLOWS_TOO_DEEP : null
}
