// An agent may subscribe to a chat exactly while it is offered to the agent.
import { beforeEach, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { Staff } from '../kit/actors.ts'
import { acceptChat, chat, declineChat, lastOffer, requestChat, say } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const TALK = `subscription ($conversationId: ID!) {
  conversationEvents(conversationId: $conversationId) {
    __typename ... on MessageSent { message { text } } ... on ResetRequired { reason }
  }
}`

const { app, admin, ada, grace, visitor } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: startOnPort },
)
let conversationId: string

beforeEach(async () => {
  conversationId = (await requestChat(app, visitor.token)).id
})

const offerId = async () => (await lastOffer(app, admin.token, conversationId)).id

async function follow({ token }: Staff): Promise<Subscription> {
  const live = subscribe(createSocketClient(app.server.url, token), {
    query: TALK,
    variables: { conversationId },
  })
  await live.waitFor(1)
  return live
}

/** Expects a reset of the subscription before the next message. */
async function expectEnd(live: Subscription): Promise<void> {
  await say(app, visitor.token, { conversationId, text: 'Between us.' })
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
  revoked: () => toggle(app, { token: ada.token, available: false }),
}

it.each(Object.keys(WAYS))('the subscription to a chat ends for an agent whose offer was %s', async (way) => {
  const live = await follow(ada)
  await WAYS[way]?.()
  await acceptChat(app, grace.token, await offerId())
  await expectEnd(live)
})

it('the subscription to a chat ends for an agent who declined its transfer', async () => {
  await acceptChat(app, ada.token, await offerId())
  const input = { conversationId, receiver: { agentId: grace.id } }
  await chat(app, { mutation: 'transferChat', token: ada.token, input })
  const live = await follow(grace)
  await declineChat(app, grace.token, await offerId())
  await expectEnd(live)
})
