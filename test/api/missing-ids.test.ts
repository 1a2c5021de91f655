import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readGlobalId } from '../../src/schema/global-id.ts'
import { createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { startApp, type TestApp } from '../kit/app.ts'
import { defineAttributes } from '../kit/attributes.ts'
import { book, createBookableAgent, createVisitor, hold } from '../kit/booking.ts'
import { registeredAt } from '../kit/calendars.ts'
import { startChat } from '../kit/chat.ts'
import { publishDialogue, publishFlow, saveDialogue } from '../kit/dialogue-editing.ts'
import { resolve } from '../kit/dialogues.ts'
import { mutate } from '../kit/mutate.ts'
import { everyOperation, type Ids, type Operation } from '../security/every-operation.ts'

const UNKNOWN = 'ffffffff-ffff-4fff-8fff-ffffffffffff'
/** Values that are valid, so that the ids are what is wrong. */
const SAMPLES = {
  ...{ startsAt: '2026-03-03T15:00:00Z', slug: null, website: 'https://example.com', texts: [] },
  ...{
    manageToken: null,
    position: 1,
    score: 3,
    provider: 'GOOGLE',
    idempotencyKey: null,
    returnUrl: 'https://www.acme.test/',
  },
  ...{ 'AnswerCardInput.cardKey': 'meet', 'AnswerCardInput.step': 0, 'AnswerCardInput.text': null },
  ...{
    'AnswerCardInput.answerKey': null,
    'CardMeetingInput.startsAt': null,
    'CardMeetingInput.endsAt': null,
  },
  ...{ version: 1, operator: 'IS_EMPTY', values: [], pageUrl: 'https://www.acme.test/' },
}

let app: TestApp
let acme: TestWorkspace
let ids: Ids
/** An administrator, an agent, the visitor whose chat the agent has, and another visitor. */
let tokens: string[]

beforeAll(async () => {
  app = await startApp({ calendars: registeredAt(() => 'https://provider.test') })
  acme = await createTestWorkspace(app)
  const agent = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  const visitor = await createVisitor(app, acme)
  const input = { target: { agentId: agent.id }, startsAt: '2026-03-03T09:00:00Z' }
  const person = { email: 'vera@example.com', firstName: 'Vera' }
  const meeting = await book(app, { token: visitor, input: { ...input, person } })
  const held = await hold(app, { token: visitor, input: { ...input, startsAt: '2026-03-03T12:00:00Z' } })
  const team = await mutate(app, {
    mutation: 'saveTeam',
    input: { name: 'Sales', agentIds: [agent.id] },
    token: acme.admin.token,
    select: '... on Team { id }',
  })
  const chatter = await createVisitor(app, acme)
  const chat = await startChat(app, acme, { visitor: chatter, text: 'Hello', agentName: 'Ada Lovelace' })
  const { 'PERSON.plan': attributeId } = await defineAttributes(app, acme, { 'PERSON.plan': 'TEXT' })
  const meet = { key: 'meet', text: 'When?', routing: { agentId: agent.id } }
  const dialogue = await saveDialogue(app, acme.admin.token, { cards: [{ meeting: meet }] })
  await publishDialogue(app, acme.admin.token, dialogue.id)
  const session = await resolve(app, visitor)
  const flow = await publishFlow(app, acme.admin.token)
  const known = await app.app.services.database.person.findFirstOrThrow({ where: { email: person.email } })
  tokens = [acme.admin.token, chat.agent.token, chatter, visitor]
  ids = {
    ...{ agentId: agent.id, teamId: team.id, meetingId: meeting.id, holdId: held.id },
    ...{ personId: encodeGlobalID('Person', known.id), conversationId: chat.ids.Conversation },
    ...{ offerId: chat.ids.ChatOffer, messageId: chat.ids.Message },
    ...{ attributeId, agentNameToId: attributeId, agentEmailToId: attributeId },
    ...{ dialogueId: dialogue.id, flowId: flow.id, sessionId: session.id },
    roleId: encodeGlobalID('Role', acme.roleIds.get('Agent') ?? ''),
  }
})
afterAll(() => app.stop())

/** An id in the input of a mutation. */
interface IdInInput {
  operation: Operation
  path: string[]
}

/** The keys that lead to each id in a value. */
function pathsToIds(value: unknown, path: string[] = []): string[][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => pathsToIds(inner, [...path, key]))
  return /Ids?$/.test(path.findLast((key) => Number.isNaN(Number(key))) ?? '') ? [path] : []
}

function idsInInputs(given: Ids): IdInInput[] {
  return everyOperation(given, SAMPLES)
    .filter(({ kind }) => kind === 'mutation')
    .flatMap((operation) => pathsToIds(operation.variables).map((path) => ({ operation, path })))
}

/** The value with another one at a place. */
function replaceAt(value: unknown, [key, ...rest]: string[], replacement: string): unknown {
  if (key === undefined) return replacement
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === key ? replaceAt(inner, rest, replacement) : inner))
  const object = value as Record<string, unknown>
  return { ...object, [key]: replaceAt(object[key], rest, replacement) }
}

function valueAt(value: unknown, path: string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown>)[key], value)
}

/** Calls the mutation as one of the people after the other, because each mutation is for some of them.
 * @returns the answer to the first of them that did not find what the path names */
async function firstMiss({ name, variables }: Operation, path: string[], id: string) {
  const { input } = replaceAt(variables, path, id) as { input: object }
  for (const token of tokens) {
    const answer = await mutate(app, { mutation: name, input, token, select: '' })
    if (String(answer.path) === String(path)) return answer
  }
  return null
}

describe('a mutation names the id that it does not find', () => {
  const names = idsInInputs(Object.fromEntries(['id', 'agentId'].map((name) => [name, 'x'])))

  it('of every mutation that takes one', () => {
    expect(new Set(names.map(({ operation }) => operation.name)).size).toBeGreaterThan(30)
  })

  it.each(names.map(({ operation: { name, choice }, path }) => [name, path.join('.'), choice]))(
    '%s at %s %s',
    async (name, at, choice) => {
      const found = idsInInputs(ids).find(
        ({ operation, path }) =>
          operation.name === name && operation.choice === choice && path.join('.') === at,
      ) as IdInInput
      const { operation, path } = found
      const { typename } = readGlobalId(String(valueAt(operation.variables, path))) ?? { typename: '' }
      for (const id of [encodeGlobalID(typename, UNKNOWN), 'no id']) {
        const answer = await firstMiss(operation, path, id)
        expect(answer).toMatchObject({ __typename: 'NotFoundError', missingId: id })
      }
    },
  )
})

it('a query names it in the extensions of its error, and itself as the field of the error', async () => {
  const [red, blue] = ['Agent', 'Role'].map((type) => encodeGlobalID(type, UNKNOWN))
  const query = `query ($red: ID, $blue: ID) {
    red: agents(teamId: $red) { nodes { id } }
    blue: agents(teamId: $blue) { nodes { id } }
  }`
  const { errors } = await app.execute(query, { variables: { red, blue }, token: acme.admin.token })
  const missing = { code: 'NOT_FOUND', path: ['teamId'] }
  expect(errors).toMatchObject([
    { path: ['red'], locations: [{ line: 2 }], extensions: { ...missing, missingId: red } },
    { path: ['blue'], locations: [{ line: 3 }], extensions: { ...missing, missingId: blue } },
  ])
})
