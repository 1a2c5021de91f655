// What the visitors of one conversation are told when one of them sees more of its person than the other.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { type EventStream, openEventStream } from '../kit/event-stream.ts'
import { mutate } from '../kit/mutate.ts'
import { createConversation, hashWith, identifyVisitor, identitySecretOf, personOf } from '../kit/people.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'

const GRACE = 'grace@navy.example'
const DEADLINE = { timeout: 15_000, interval: 20 }
const EVENTS = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename
    ... on ResetRequired { reason }
    ... on ConversationUpdated { conversation { person { id email firstName meetings { nodes { id } } } } }
  }
}`

let app: TestServer
let acme: TestWorkspace
let agent: Staff

beforeAll(async () => {
  app = await startOnPort()
  acme = await createTestWorkspace(app)
  agent = await createBookableAgent(app, acme)
})
afterAll(() => app.stop())

const listen = async (token: string, conversation: string): Promise<EventStream> => {
  const variables = { conversationId: encodeGlobalID('Conversation', conversation) }
  const stream = await openEventStream(app.server.url, { query: EVENTS, variables, token })
  await vi.waitFor(() => expect(JSON.stringify(stream.events)).toContain('CaughtUp'), DEADLINE)
  return stream
}
const told = (stream: EventStream, text: string) =>
  vi.waitFor(() => expect(JSON.stringify(stream.events)).toContain(text), DEADLINE)

it('a visitor is told what it may see itself, whoever else follows the conversation', async () => {
  const other = await createVisitor(app, acme, { email: GRACE })
  const startsAt = '2026-03-03T09:00:00Z'
  const input = { target: { agentId: agent.id }, startsAt, person: { email: GRACE } }
  const meeting = await book(app, { token: other, input })
  const verified = await createVisitor(app, acme)
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  await identifyVisitor(app, verified, { person: { email: GRACE }, identityHash })
  const chatting = await createVisitor(app, acme, { email: GRACE })
  const conversation = await createConversation(app, { token: chatting, agentId: agent.agentId })
  const streams = [await listen(verified, conversation), await listen(chatting, conversation)] as const

  const { id: personId } = await personOf(app, chatting)
  const person = { firstName: 'Amazing Grace' }
  await mutate(app, {
    mutation: 'updatePerson',
    input: { personId, person },
    token: agent.token,
    select: '',
  })

  for (const stream of streams) await told(stream, 'Amazing Grace')
  const [toVerified, toChatting] = streams.map(({ events }) => JSON.stringify(events))
  expect(toVerified).toContain(meeting.id)
  expect(toChatting).not.toContain(meeting.id)
  expect(app.faults).toEqual([])
})

it('those who chat are told that the visitor has said who it is', async () => {
  const token = await createVisitor(app, acme)
  const conversation = await createConversation(app, { token, agentId: agent.agentId })
  const stream = await listen(agent.token, conversation)
  await identifyVisitor(app, token, { person: { email: 'ada@engines.example' } })
  await told(stream, 'ada@engines.example')
})

describe('a browser that is vouched for is told of another one’s chat no more', () => {
  const email = 'hedy@signals.example'
  const secret = () => identitySecretOf(app, acme)
  const personIdOf = async (token: string) => (await personOf(app, token)).id

  async function createVerified(): Promise<string> {
    const token = await createVisitor(app, acme)
    await identifyVisitor(app, token, { person: { email }, identityHash: hashWith(await secret(), email) })
    return token
  }

  const WAYS: Record<string, (token: string) => Promise<unknown>> = {
    'it turns out to be somebody else': (token) =>
      identifyVisitor(app, token, { person: { email: 'other@signals.example' } }),
    'somebody else books in it': (token) =>
      book(app, {
        token,
        input: {
          target: { agentId: agent.id },
          startsAt: '2026-03-04T09:00:00Z',
          person: { email: 'else@signals.example' },
        },
      }),
    'staff changes the address': async (token) =>
      mutate(app, {
        ...{ mutation: 'updatePerson', token: acme.admin.token, select: '' },
        input: { personId: await personIdOf(token), person: { email: 'new@signals.example' } },
      }),
    'the secret is replaced': () =>
      mutate(app, { mutation: 'replaceIdentitySecret', input: {}, token: acme.admin.token, select: '' }),
  }

  it.each(Object.keys(WAYS))('once %s', async (way) => {
    const chatting = await createVisitor(app, acme, { email })
    const conversation = await createConversation(app, { token: chatting, agentId: agent.agentId })
    const verified = await createVerified()
    const stays = [await listen(chatting, conversation), await listen(agent.token, conversation)]
    const lost = await listen(verified, conversation)
    await WAYS[way]?.(verified)
    const last = await lost.ended()
    expect(last).toMatchObject({ event: 'complete' })
    expect(JSON.stringify(lost.events.at(-2))).toContain('ACCESS_CHANGED')
    await identifyVisitor(app, chatting, { person: { firstName: way } })
    for (const stream of stays) await told(stream, way)
    expect(JSON.stringify(lost.events)).not.toContain(way)
  })
})

it('a colleague who loses the right to read conversations is told of none any more', async () => {
  const token = await createVisitor(app, acme)
  const supervisor = await createTestAgent(app, acme, 'Sue Pervisor')
  const grant = (role: string) =>
    mutate(app, {
      ...{ mutation: 'updateAgent', token: acme.admin.token, select: '' },
      input: {
        agentId: supervisor.id,
        roleIds: [encodeGlobalID('Role', acme.roleIds.get(role) ?? '')],
      },
    })
  await grant('Administrator')
  const conversation = await createConversation(app, { token, agentId: agent.agentId })
  const stream = await listen(supervisor.token, conversation)
  await grant('Agent')
  await stream.ended()
  expect(JSON.stringify(stream.events.at(-2))).toContain('ACCESS_CHANGED')
})
