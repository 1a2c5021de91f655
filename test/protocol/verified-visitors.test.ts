// The events of a conversation for visitors of whom one may see more of the person than the other.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { type EventStream, openEventStream } from '../kit/event-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { createConversation, hashWith, identifyVisitor, identitySecretOf, personIdOf } from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { NINE } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const EVENTS = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename
    ... on ResetRequired { reason }
    ... on ConversationChanged { conversation { person { id email firstName meetings { nodes { id } } } } }
  }
}`

const { app, acme, admin, ada, mutate } = useScene({ ada: bookable() }, { start: startOnPort, once: true })

const listen = async (token: string, conversation: string): Promise<EventStream> => {
  const variables = { conversationId: encodeGlobalID('Conversation', conversation) }
  const stream = await openEventStream(app.server.url, { query: EVENTS, variables, token })
  await eventually(() => expect(JSON.stringify(stream.events)).toContain('CaughtUp'))
  return stream
}
const received = (stream: EventStream, text: string) =>
  eventually(() => expect(JSON.stringify(stream.events)).toContain(text))

it('a visitor receives only what it may see itself, whoever else subscribes to the conversation', async () => {
  const other = await createVisitor(app, acme, { email: GRACE })
  const input = { target: { agentId: ada.id }, startsAt: NINE, person: { email: GRACE } }
  const meeting = await book(app, { token: other, input })
  const verified = await createVisitor(app, acme)
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  await identifyVisitor(app, verified, { person: { email: GRACE }, identityHash })
  const chatting = await createVisitor(app, acme, { email: GRACE })
  const conversation = await createConversation(app, { token: chatting, agentId: ada.agentId })
  const streams = [await listen(verified, conversation), await listen(chatting, conversation)] as const

  const personId = await personIdOf(app, chatting)
  const person = { firstName: 'Amazing Grace' }
  await mutate({
    mutation: 'updatePerson',
    input: { personId, person },
    token: ada.token,
    select: '',
  })

  await received(streams[0], 'Amazing Grace')
  await received(streams[1], 'ConversationChanged')
  const [toVerified, toChatting] = streams.map(({ events }) => JSON.stringify(events))
  expect(toVerified).toContain(meeting.id)
  expect(toChatting).not.toContain(meeting.id)
  expect(toChatting).not.toContain('Amazing Grace')
  expect(app.faults).toEqual([])
})

it('subscribers to a chat are notified when the visitor identifies itself', async () => {
  const token = await createVisitor(app, acme)
  const conversation = await createConversation(app, { token, agentId: ada.agentId })
  const stream = await listen(ada.token, conversation)
  await identifyVisitor(app, token, { person: { email: 'ada@engines.example' } })
  await received(stream, 'ada@engines.example')
})

describe('a verified visitor’s subscription to another browser’s chat ends', () => {
  const email = 'hedy@signals.example'
  const secret = () => identitySecretOf(app, acme)

  async function createVerified(): Promise<string> {
    const token = await createVisitor(app, acme)
    await identifyVisitor(app, token, { person: { email }, identityHash: hashWith(await secret(), email) })
    return token
  }

  const WAYS: Record<string, (token: string) => Promise<unknown>> = {
    'the visitor identifies as another person': (token) =>
      identifyVisitor(app, token, { person: { email: 'other@signals.example' } }),
    'the visitor books as another person': (token) =>
      book(app, {
        token,
        input: {
          target: { agentId: ada.id },
          startsAt: '2026-03-04T09:00:00Z',
          person: { email: 'else@signals.example' },
        },
      }),
    'staff change the e-mail': async (token) =>
      mutate({
        mutation: 'updatePerson',
        token: admin.token,
        select: '',
        input: { personId: await personIdOf(app, token), person: { email: 'new@signals.example' } },
      }),
    'the identity secret is replaced': () =>
      mutate({ mutation: 'replaceIdentitySecret', input: {}, token: admin.token, select: '' }),
  }

  it.each(Object.keys(WAYS))('when %s', async (way) => {
    const chatting = await createVisitor(app, acme, { email })
    const conversation = await createConversation(app, { token: chatting, agentId: ada.agentId })
    const verified = await createVerified()
    const stays = [await listen(chatting, conversation), await listen(ada.token, conversation)]
    const lost = await listen(verified, conversation)
    await WAYS[way]?.(verified)
    const last = await lost.ended()
    expect(last).toMatchObject({ event: 'complete' })
    expect(JSON.stringify(lost.events.at(-2))).toContain('ACCESS_CHANGED')
    const person = { firstName: way }
    await identifyVisitor(app, chatting, { person })
    const input = { personId: await personIdOf(app, chatting), person }
    await mutate({ mutation: 'updatePerson', token: admin.token, input, select: '' })
    for (const stream of stays) await received(stream, way)
    expect(JSON.stringify(lost.events)).not.toContain(way)
  })
})

it('an agent’s subscription to a conversation ends with the permission to read it', async () => {
  const token = await createVisitor(app, acme)
  const supervisor = await createTestAgent(app, acme, 'Sue Pervisor')
  const grant = (role: string) =>
    mutate({
      mutation: 'updateAgent',
      token: admin.token,
      select: '',
      input: {
        agentId: supervisor.id,
        roleIds: [encodeGlobalID('Role', acme.roleIds.get(role) ?? '')],
      },
    })
  await grant('Administrator')
  const conversation = await createConversation(app, { token, agentId: ada.agentId })
  const stream = await listen(supervisor.token, conversation)
  await grant('Agent')
  await stream.ended()
  expect(JSON.stringify(stream.events.at(-2))).toContain('ACCESS_CHANGED')
})
