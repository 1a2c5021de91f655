// Events outlive what they are about: a client that comes back gets each of them all the same.
import { expect, it } from 'vitest'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { agentStream } from '../../src/services/events/append-events.ts'
import { signEventCursor } from '../../src/services/events/event-cursor.ts'
import { callerOfAgent } from '../../src/services/identity/viewer.ts'
import { sweep } from '../../src/services/privacy/sweep/sweep.ts'
import { say, startActiveChat } from '../kit/chat.ts'
import { openEventStream } from '../kit/event-stream.ts'
import { mutate } from '../kit/mutate.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const { app, acme, ada, visitor, database } = useScene(
  { ada: forChat, visitor: aVisitor },
  { start: startOnPort },
)

const QUERY = `subscription ($after: EventCursor) { agentEvents(after: $after) {
  __typename
  ... on ChatOffered { offer { id } }
  ... on ConversationChanged { conversation { id } }
  ... on MessageSent { message { id } }
} }`

it('an event about a chat that has gone is an answer, and no fault', async () => {
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  await say(app, visitor.token, { conversationId, text: 'Hello?' })
  await mutate(app, { mutation: 'endChat', token: ada.token, input: { conversationId }, select: '' })
  const streamId = agentStream(ada.agentId)
  const missed = await database.event.count({ where: { streamId } })
  app.clock.advance(DEFAULT_RETENTION.conversationsMs)
  await sweep(app.app.services)
  const caller = callerOfAgent(ada.agentId)
  const after = signEventCursor(app.app.services.signer, { streamId, caller, seq: 0 })
  const { token } = ada
  const stream = await openEventStream(app.server.url, { query: QUERY, variables: { after }, token })
  const received = await stream.received(missed + 1)
  const events = received.map(({ data }) => data?.agentEvents)
  expect(events.at(-1)).toEqual({ __typename: 'CaughtUp' })
  expect(events).toContainEqual({ __typename: 'ConversationChanged', conversation: null })
  expect(events).toContainEqual({ __typename: 'MessageSent', message: null })
  const codes = received.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions?.code))
  expect(new Set(codes)).toEqual(new Set(['NOT_FOUND']))
  expect(app.faults).toEqual([])
})
