// Dialogues as staff edits them.
import { expect } from 'vitest'
import type { TestApp } from './app.ts'
import { data } from './app.ts'
import { mutate, type Result } from './mutate.ts'

type Door = Pick<TestApp, 'execute'>

const CONDITIONS = 'match conditions { attribute { name } operator values }'
const GROUP = `${CONDITIONS} groups { ${CONDITIONS} groups { ${CONDITIONS} } }`
const ROUTING = 'routing { agent { name } team { name } roundRobin rules }'

/** Everything that a card has. */
export const CARDS = `cards {
  __typename key next
  ... on MessageCard { text }
  ... on QuestionCard { text attribute { name } answers { key label value next } }
  ... on CaptureCard { text attribute { name } placeholder whenKnown }
  ... on MeetingCard { text ${ROUTING} agentNameTo { name } agentEmailTo { name } }
  ... on LiveChatCard { text ${ROUTING} }
  ... on BranchCard { branches { key conditions { ${GROUP} } liveAgentAvailable next } }
  ... on GoalCard { goal score }
  ... on DocumentCard { name url }
  ... on ActionCard { attribute { name } value }
  ... on FlowCard { flow { name } }
}`

export const DIALOGUE = `... on Dialogue {
  id name description kind priority state version publishedVersion publishedAt updatedAt
  audience { ${GROUP} } targetUrls excludedUrls trigger { timeOnPageSeconds timeOnSiteSeconds scrollPercent }
  ${CARDS} problems { code cardKey path }
}`

export interface Dialogue extends Result {
  name: string
  description: string | null
  priority: number
  state: string
  version: number
  publishedVersion: number | null
  publishedAt: string | null
  audience: object
  cards: { __typename: string; key: string; [field: string]: unknown }[]
  problems: { code: string; cardKey: string | null; path: string[] }[]
}

interface Call {
  input: object
  token: string
  select?: string
}

export const callOnDialogue = async (
  app: Door,
  mutation: string,
  { input, token, select = DIALOGUE }: Call,
): Promise<Dialogue> => (await mutate(app, { mutation, input, token, select })) as Dialogue

/** One message on the workspace's website. */
export const A_DIALOGUE = {
  name: 'Welcome',
  kind: 'DIALOGUE',
  targetUrls: ['https://www.acme.test'],
  cards: [{ message: { key: 'hello', text: 'Hello!' } }],
}

export const A_FLOW = {
  name: 'Questions',
  kind: 'FLOW',
  cards: [{ question: { key: 'ask', text: 'Which?', answers: [{ key: 'a', label: 'This' }] } }],
}

/** @param fields in place of those of A_DIALOGUE
 * @returns the dialogue, which must have been saved */
export async function saveDialogue(app: Door, token: string, fields: object = {}): Promise<Dialogue> {
  const saved = await callOnDialogue(app, 'saveDialogue', { input: { ...A_DIALOGUE, ...fields }, token })
  expect(saved).toMatchObject({ __typename: 'Dialogue' })
  return saved
}

/** @returns the dialogue, which must have been published */
export async function publishDialogue(app: Door, token: string, dialogueId: string): Promise<Dialogue> {
  const published = await callOnDialogue(app, 'publishDialogue', { input: { dialogueId }, token })
  expect(published).toMatchObject({ __typename: 'Dialogue', state: 'PUBLISHED' })
  return published
}

/** @param fields in place of those of A_FLOW */
export async function publishFlow(app: Door, token: string, fields: object = {}): Promise<Dialogue> {
  const { id } = await saveDialogue(app, token, { targetUrls: undefined, ...A_FLOW, ...fields })
  return publishDialogue(app, token, id)
}

/** @returns null for a dialogue that the viewer cannot read */
export async function readDialogue(app: Door, token: string, id: string): Promise<Dialogue | null> {
  const query = `query ($id: ID!) { node(id: $id) { ${DIALOGUE} } }`
  return (await data<{ node: Dialogue | null }>(app.execute(query, { variables: { id }, token }))).node
}

export type DialogueFile = Record<string, unknown> & { cards: Record<string, Record<string, unknown>>[] }

export async function exportDialogue(
  app: Door,
  token: string,
  { id }: { id: string },
): Promise<DialogueFile> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Dialogue { export } } }'
  const { node } = await data<{ node: { export: DialogueFile } }>(
    app.execute(query, { variables: { id }, token }),
  )
  return node.export
}
