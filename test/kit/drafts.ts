// Drafts of dialogues for tests of rules.
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import type { Condition, ConditionGroup } from '../../src/services/attributes/conditions.ts'
import { compile } from '../../src/services/dialogues/definition/compile.ts'
import type { Definition } from '../../src/services/dialogues/definition/compiled.ts'
import type { Draft, DraftCard } from '../../src/services/dialogues/definition/draft.ts'
import { outlineOf } from '../../src/services/dialogues/definition/outline.ts'
import { findProblems, type Surroundings } from '../../src/services/dialogues/definition/problems.ts'

type Kind = DraftCard['kind']
type CardOf<K extends Kind> = Extract<DraftCard, { kind: K }>

const DEFAULTS: { [K in Kind]: Omit<CardOf<K>, 'kind' | 'key' | 'next'> } = {
  MESSAGE: { text: 'Hello!' },
  QUESTION: {
    text: 'Which?',
    attribute: null,
    answers: [{ key: 'yes', label: 'Yes', value: 'Yes', next: null }],
  },
  CAPTURE: { text: 'Your e-mail?', attribute: 'email', placeholder: null, whenKnown: 'OVERWRITE' },
  MEETING: { text: 'When?', routing: { roundRobin: true }, agentNameTo: null, agentEmailTo: null },
  LIVE_CHAT: { text: 'One moment.', routing: { roundRobin: true } },
  BRANCH: { branches: [] },
  GOAL: { goal: 'Interested', score: null },
  DOCUMENT: { name: 'Prices', url: 'https://site.com/prices.pdf' },
  ACTION: { attribute: 'industry', value: 'Engines' },
  FLOW: { flowId: 'flow' },
}

/** @param next null: the dialogue ends with the card */
export function card<K extends Kind>(
  kind: K,
  { key, next = null, ...fields }: Partial<CardOf<K>> & { key: string },
): CardOf<K> {
  return { kind, key, next, ...DEFAULTS[kind], ...fields } as unknown as CardOf<K>
}

/** @param to the keys of the cards that the answers lead to */
export function question(key: string, to: (string | null)[], next: string | null = null): CardOf<'QUESTION'> {
  const answers = to.map((next, index) => ({
    key: `a${index}`,
    label: `A${index}`,
    value: `A${index}`,
    next,
  }))
  return card('QUESTION', { key, next, answers })
}

export function branch(key: string, to: string[], next: string | null = null): CardOf<'BRANCH'> {
  const branches = to.map((next, index) => ({
    key: `b${index}`,
    conditions: null,
    liveAgentAvailable: true,
    next,
  }))
  return card('BRANCH', { key, next, branches })
}

export const EVERYBODY: ConditionGroup<never> = { match: 'ALL', conditions: [], groups: [] }

export const allOf = (...conditions: Condition<string>[]): ConditionGroup<string> => ({
  match: 'ALL',
  conditions,
  groups: [],
})

export function draft(cards: DraftCard[], fields: Partial<Draft> = {}): Draft {
  const targets = { targetUrls: ['https://site.com'], excludedUrls: [] }
  return { audience: EVERYBODY, ...targets, trigger: null, cards, ...fields }
}

/** By their ids. */
export const ATTRIBUTES = new Map(
  (
    [
      { id: 'email', entity: 'PERSON', name: 'email', type: 'EMAIL', values: [] },
      { id: 'crmStatus', entity: 'PERSON', name: 'crmStatus', type: 'TEXT', values: [] },
      { id: 'industry', entity: 'COMPANY', name: 'industry', type: 'TEXT', values: [] },
      { id: 'seats', entity: 'PERSON', name: 'seats', type: 'INTEGER', values: [] },
      { id: 'plan', entity: 'PERSON', name: 'plan', type: 'PICKLIST', values: ['Small', 'Large'] },
      { id: 'agentName', entity: 'PERSON', name: 'agentName', type: 'TEXT', values: [] },
    ] satisfies Attribute[]
  ).map((attribute) => [attribute.id, attribute as Attribute]),
)

export const SURROUNDINGS: Surroundings = {
  attributes: ATTRIBUTES,
  phoneCountry: null,
  agentIds: new Set(['ada']),
  teamIds: new Set(['sales']),
  flows: new Map(),
}

/** @param flows published ones by their ids */
export function publish(
  kind: Definition['kind'],
  drafted: Draft,
  flows: Map<string, Definition> = new Map(),
): Definition {
  const columns = { name: 'Welcome', kind, priority: 1 }
  return compile({ ...columns, draft: drafted }, { attributes: ATTRIBUTES, flows })
}

export const publishFlow = (cards: DraftCard[], flows?: Map<string, Definition>) =>
  publish('FLOW', draft(cards, { targetUrls: [] }), flows)

/** @returns [code, key of the card, the place] for each problem */
export function problemsOf(
  drafted: Draft,
  {
    kind = 'DIALOGUE',
    flows = new Map(),
    ...others
  }: Partial<Omit<Surroundings, 'flows'>> & {
    kind?: Definition['kind']
    flows?: Map<string, Definition | null>
  } = {},
): (string | null)[][] {
  const outlines = new Map([...flows].map(([id, flow]) => [id, flow && outlineOf(flow)]))
  const surroundings = { ...SURROUNDINGS, ...others, flows: outlines }
  const problems = findProblems({ dialogueId: 'this', kind, draft: drafted }, surroundings)
  return problems.map(({ code, cardKey, path }) => [code, cardKey, path.join('.')])
}
