// Running chats whose agent has no console any more.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { type PushService, startPushService } from '../emulators/push-service.ts'
import {
  acceptChat,
  declineChat,
  lastOffer,
  readChat,
  readOffers,
  requestChat,
  say,
  signIn,
  signOut,
} from '../kit/chat.ts'
import { closeConsole, openConsole } from '../kit/console.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const SECOND = 1000

const { app, acme, admin, ada, grace, visitor, database, mutate } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: () => startOnPort({ jobs: true }) },
)
let service: PushService
let console: Subscription
/** Of the browser that Ada has registered. */
let endpoint: string
let id: string

beforeAll(async () => {
  service = await startPushService()
})
afterAll(() => service.close())

beforeEach(async () => {
  await signOut(app, ada)
  console = await openConsole(app, ada)
  id = (await requestChat(app, visitor.token, { text: 'Hello?' })).id
  expect(await acceptChat(app, ada.token, (await offer()).id)).toMatchObject({ agent: { id: ada.id } })
})

async function registerBrowser(): Promise<void> {
  const input = service.subscribe(app.app.services.push.publicKey)
  endpoint = input.endpoint
  await mutate({ mutation: 'registerPushSubscription', input, token: ada.token, select: '' })
}

const changeSettings = (liveChatSettings: object) =>
  mutate({ mutation: 'updateWorkspace', token: admin.token, input: { liveChatSettings }, select: '' })

/** Lets time pass; then two nodes sweep for due work. */
async function pass(milliseconds: number): Promise<void> {
  app.clock.advance(milliseconds)
  await Promise.all([sweepChats(app.app.services), sweepChats(app.app.services)])
}

const offer = () => lastOffer(app, admin.token, id)
const offers = async () =>
  (await readOffers(app, admin.token, id)).map(({ state, agent }) => [
    state,
    agent.id === ada.id ? 'Ada' : 'Grace',
  ])
const read = () => readChat(app, admin.token, id, 'agentPresent decisions { agent { id } }')
const received = () => service.received.filter((push) => push.endpoint === endpoint)
const pushes = () => received().map(({ text }) => JSON.parse(text))

describe('a chat whose agent has been gone for a minute', () => {
  it('is offered to the next agent, and stays with the first one until that agent accepts', async () => {
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(60 * SECOND - 1)
    expect(await offers()).toEqual([['ACCEPTED', 'Ada']])
    await pass(1)
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['PENDING', 'Grace'],
    ])
    expect(await read()).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id }, agentPresent: false })
    expect(await say(app, ada.token, { conversationId: id, text: 'Nearly back.' })).toMatchObject({
      author: 'AGENT',
    })
    expect(await acceptChat(app, grace.token, (await offer()).id)).toMatchObject({ agent: { id: grace.id } })
    expect(await read()).toMatchObject({ agentPresent: true })
    expect(await readChat(app, ada.token, id)).toBeNull()
    await pass(9 * 60 * SECOND)
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['ACCEPTED', 'Grace'],
    ])
  })

  it('goes on with its agent who returns before, and the offer is withdrawn', async () => {
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(60 * SECOND)
    const { id: offerId } = await offer()
    await openConsole(app, ada)
    await pass(0)
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['RESCINDED', 'Grace'],
    ])
    expect(await acceptChat(app, grace.token, offerId)).toMatchObject({ offerState: 'RESCINDED' })
    expect(await read()).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id }, agentPresent: true })
  })

  it('is not offered again to an agent who declined it', async () => {
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(60 * SECOND)
    await declineChat(app, grace.token, (await offer()).id)
    await pass(5 * SECOND)
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['DECLINED', 'Grace'],
    ])
    expect(await read()).toMatchObject({ state: 'ACTIVE', agent: { id: ada.id } })
  })

  it('waits for somebody to be eligible, at most for the idle time-out', async () => {
    await signOut(app, grace)
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(5 * 60 * SECOND)
    expect(await read()).toMatchObject({ state: 'ACTIVE', decisions: [{}] })
    await signIn(app, acme, grace)
    await pass(0)
    expect(await offers()).toMatchObject([{}, ['PENDING', 'Grace']])
    await signOut(app, grace)
    await pass(5 * SECOND)
    expect(await offers()).toMatchObject([{}, ['REVOKED', 'Grace']])
    await pass(5 * 60 * SECOND)
    expect(await read()).toMatchObject({ state: 'TIMED_OUT' })
  })

  it('is offered to nobody where the workspace has set that', async () => {
    await changeSettings({ reofferAfterSeconds: 0 })
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(9 * 60 * SECOND)
    expect(await offers()).toEqual([['ACCEPTED', 'Ada']])
    await changeSettings({ reofferAfterSeconds: 540 })
    await pass(0)
    expect(await offers()).toMatchObject([{}, ['PENDING', 'Grace']])
  })
})

describe('a chat whose agent is removed', () => {
  const remove = () =>
    mutate({ mutation: 'removeAgent', token: admin.token, input: { agentId: ada.id }, select: '' })

  it.each([0, 60])('is offered on at once (reofferAfterSeconds: %i)', async (reofferAfterSeconds) => {
    await changeSettings({ reofferAfterSeconds })
    const talk = subscribe(createSocketClient(app.server.url, visitor.token), {
      query: `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
        __typename ... on ConversationChanged { conversation { state agentPresent } } } }`,
      variables: { id },
    })
    await talk.waitFor(1)
    await remove()
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['PENDING', 'Grace'],
    ])
    const left = { conversation: { state: 'ACTIVE', agentPresent: false } }
    await eventually(() => expect(talk.events()).toContainEqual(expect.objectContaining(left)))
    expect(await acceptChat(app, grace.token, (await offer()).id)).toMatchObject({ agent: { id: grace.id } })
    await pass(SECOND)
    expect(await read()).toMatchObject({ state: 'ACTIVE', agentPresent: true })
  })

  it('is missed, with its fallback, once nobody takes it', async () => {
    await remove()
    await declineChat(app, grace.token, (await offer()).id)
    await pass(0)
    expect(await offers()).toEqual([
      ['ACCEPTED', 'Ada'],
      ['DECLINED', 'Grace'],
    ])
    const chat = await readChat(app, visitor.token, id)
    expect(chat).toMatchObject({ state: 'MISSED', fallback: { offerMeeting: true } })
  })
})

describe('the browser of an agent without a console', () => {
  beforeEach(registerBrowser)

  const tell = (text: string) => say(app, visitor.token, { conversationId: id, text })
  const answer = () => say(app, ada.token, { conversationId: id, text: 'One moment.' })
  /** Whether notices about all messages are sent or enlisted. */
  const allNoticed = async () => {
    const where = { workspaceId: acme.workspaceId }
    const { messageCount, noticedMessages } = await database.conversation.findFirstOrThrow({ where })
    return noticedMessages === messageCount
  }
  const waitFor = (...expected: object[]) => eventually(() => expect(pushes()).toMatchObject(expected))
  const about = (kind: string, text: string, unread: number) => ({
    kind,
    conversationId: id,
    personName: 'Visitor',
    text,
    unread,
  })

  it('is notified once when a chat has lost its agent', async () => {
    await answer()
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(30 * SECOND)
    await pass(10 * SECOND)
    await waitFor(about('CHAT_UNATTENDED', 'Hello?', 0))
    expect(received()).toMatchObject([{ ttl: 600, urgency: 'high' }])
  })

  it('is notified of messages, of several within ten seconds once, each time in place of the last notice', async () => {
    await pass(SECOND)
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(0)
    await tell('One')
    const one = about('CHAT_MESSAGES', 'One', 2)
    await waitFor(one)
    await tell('Two')
    await tell('Three')
    await pass(10 * SECOND - 1)
    expect(await allNoticed()).toBe(false)
    await pass(1)
    const three = about('CHAT_MESSAGES', 'Three', 4)
    await waitFor(one, three)
    await pass(20 * SECOND)
    await waitFor(one, three, about('CHAT_UNATTENDED', 'Three', 4))
    expect(service.waitingFor(endpoint)).toMatchObject([{ ttl: 600, urgency: 'high' }])
  })

  it('is notified of messages that were still unread when the console had been gone for 5 seconds', async () => {
    await tell('Four')
    // At the same instant it could be seen as written after the console was closed.
    await pass(SECOND)
    await closeConsole(app, { agentId: ada.agentId, console })
    await pass(5 * SECOND - 1)
    expect(await allNoticed()).toBe(false)
    await pass(1)
    expect(await allNoticed()).toBe(true)
    await waitFor(about('CHAT_MESSAGES', 'Four', 2))
  })
})

it('an agent with a console is notified of messages there only', async () => {
  await registerBrowser()
  await pass(10 * SECOND)
  await say(app, visitor.token, { conversationId: id, text: 'One' })
  await pass(0)
  const where = { workspaceId: acme.workspaceId }
  expect(await database.conversation.findFirstOrThrow({ where })).toMatchObject({ noticedAt: null })
})
