// What the visitors of one conversation are told when one of them sees more of its person than the other.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
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
