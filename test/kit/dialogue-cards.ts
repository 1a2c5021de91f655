// Cards of dialogues, as versions have them.
import { randomUUID } from 'node:crypto'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { BUILT_IN_ATTRIBUTES } from '../../src/services/attributes/built-in.ts'
import type { Card } from '../../src/services/dialogues/definition/compiled.ts'
import type { ActionCard, BranchCard, CardAnswer } from '../../src/services/dialogues/definition/draft.ts'

export const message = (key: string, text: string, next: string | null = null): Card => ({
  kind: 'MESSAGE',
  ...{ key, text, next },
})

/** @param answers what follows each answer, by its key, which is its label too */
export const question = (
  key: string,
  answers: Record<string, string | null>,
  { text = `${key}?`, next = null as string | null, attribute = null as Attribute | null } = {},
): Card => ({
  kind: 'QUESTION',
  ...{ key, text, next, attribute },
  answers: Object.entries(answers).map(
    ([answer, after]): CardAnswer => ({ key: answer, label: answer, value: answer, next: after }),
  ),
})

export const capture = (
  key: string,
  attribute: Attribute,
  {
    text = `${key}?`,
    next = null as string | null,
    whenKnown = 'OVERWRITE' as 'OVERWRITE' | 'SKIP',
    placeholder = null as string | null,
  } = {},
): Card => ({ kind: 'CAPTURE', ...{ key, text, next, attribute, whenKnown, placeholder } })

/** A built-in attribute as versions have it. */
export function builtIn(name: string, entity: Attribute['entity'] = 'PERSON'): Attribute {
  const found = BUILT_IN_ATTRIBUTES.find((one) => one.name === name && one.entity === entity)
  if (found === undefined) throw new Error(`There is no attribute ${name}.`)
  return { id: randomUUID(), entity, name, type: found.type, values: [] }
}

export const attribute = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  id: randomUUID(),
  entity: 'PERSON',
  name,
  type: 'TEXT',
  values: [],
  ...more,
})

export const goal = (key: string, next: string | null): Card => ({
  kind: 'GOAL',
  key,
  next,
  goal: key,
  score: 2,
})
export const document = (key: string, next: string | null): Card => ({
  kind: 'DOCUMENT',
  ...{ key, next, name: key, url: `https://acme.test/${key}.pdf` },
})
export const liveChat = (key: string): Card => ({
  kind: 'LIVE_CHAT',
  ...{ key, text: 'An agent comes.', next: null, routing: { roundRobin: true } },
})
export const meeting = (key: string, next: string | null): Card => ({
  kind: 'MEETING',
  ...{ key, text: 'When?', next, routing: { roundRobin: true }, agentNameTo: null, agentEmailTo: null },
})
export const action = (
  key: string,
  of: Attribute,
  value: string,
  next: string | null,
): ActionCard<Attribute> => ({
  kind: 'ACTION',
  ...{ key, attribute: of, value, next },
})
export const branch = (
  key: string,
  ways: { is?: [Attribute, string]; agent?: boolean; next: string }[],
  next: string | null = null,
): BranchCard<Attribute> => ({
  kind: 'BRANCH',
  ...{ key, next },
  branches: ways.map(({ is, agent = null, next }, index) => ({
    key: String(index),
    conditions: is
      ? { match: 'ALL', conditions: [{ attribute: is[0], operator: 'IS', values: [is[1]] }], groups: [] }
      : null,
    liveAgentAvailable: agent,
    next,
  })),
})
/** One question with two answers. */
export const ONE_QUESTION = [question('color', { red: null, blue: null })]
/** Two questions, one after the other. */
export const TWO_QUESTIONS = [
  message('hello', 'Hello!', 'color'),
  question('color', { red: 'size', blue: 'size' }),
  question('size', { small: 'bye', large: 'bye' }),
  message('bye', 'Thank you.'),
]
