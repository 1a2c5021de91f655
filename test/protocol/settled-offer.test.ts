// An agent who was offered a chat may follow it as long as the offer is open, and no longer.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, createChatAgent, declineChat, lastOffer, requestChat, say } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { mutate } from '../kit/mutate.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const TALK = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename ... on MessageSent { message { text } } ... on ResetRequired { reason }
  }
}`

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let grace: Staff
let visitor: string
let conversationId: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  grace = await createChatAgent(app, acme, 'Grace Hopper')
  visitor = await createVisitor(app, acme)
  conversationId = (await requestChat(app, visitor)).id
})

const offerId = async () => (await lastOffer(app, acme.admin.token, conversationId)).id

async function follow({ token }: Staff): Promise<Subscription> {
  const live = subscribe(createSocketClient(app.server.url, token), {
    ...{ query: TALK, variables: { conversationId } },
  })
  await live.waitFor(1)
  return live
}

/** What the visitor says now, the agent does not read. */
async function expectEnd(live: Subscription): Promise<void> {
  await say(app, visitor, { conversationId, text: 'Between us.' })
  await live.waitForEnd()
  expect(live.events().at(-1)).toMatchObject({ __typename: 'ResetRequired', reason: 'ACCESS_CHANGED' })
  expect(live.events().map(({ __typename }) => __typename)).not.toContain('MessageSent')
}

const WAYS: Record<string, () => Promise<unknown>> = {
  declined: async () => declineChat(app, ada.token, await offerId()),
  expired: async () => {
    app.clock.advance(2 * MINUTE)
    await sweepChats(app.app.services)
  },
  revoked: () =>
    mutate(app, {
      ...{ mutation: 'toggleLiveChatAvailability', token: ada.token, input: { available: false } },
      select: '',
    }),
}

it.each(Object.keys(WAYS))('the chat is not told any more to an agent whose offer was %s', async (way) => {
  const live = await follow(ada)
  await WAYS[way]?.()
  await acceptChat(app, grace.token, await offerId())
  await expectEnd(live)
})

it('the chat is not told any more to an agent who declined to take it over', async () => {
  await acceptChat(app, ada.token, await offerId())
  const input = { conversationId, agentId: grace.id }
  await chat(app, { mutation: 'transferChat', token: ada.token, input })
  const live = await follow(grace)
  await declineChat(app, grace.token, await offerId())
  await expectEnd(live)
})
