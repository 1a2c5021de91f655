// The times of messages follow their order, although nodes' clocks differ and senders wait for each other.
import { expect, it } from 'vitest'
import type { ChatViewer } from '../../src/services/chat/conversation/require-part.ts'
import { sendMessage } from '../../src/services/chat/conversation/send-message.ts'
import { acceptChat } from '../../src/services/chat/offers/accept-chat.ts'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { createTestClock } from '../kit/clock.ts'
import { contextOf, useChatScene } from './chat-scene.ts'

const SENDS = 30
const AHEAD_MS = 12_000

const scene = useChatScene({ agents: 1, visitors: 1, settings: {} }, { perTest: true })

it('30 messages sent at once to two nodes, one of whose clocks is ahead, have times that never go back', async () => {
  const { nodes, agents, visitors, clock } = scene
  const [agent, visitor] = [agents[0] as ChatViewer, visitors[0] as ChatViewer]
  const { id: conversationId } = await requestLiveChat(contextOf(nodes[0], visitor), {})
  const offer = await nodes[0].services.database.chatOffer.findFirstOrThrow({ where: { conversationId } })
  await acceptChat(contextOf(nodes[0], agent), { offerId: offer.id })
  const ahead = createTestClock(new Date(clock.now().getTime() + AHEAD_MS).toISOString())
  await Promise.all(
    Array.from({ length: SENDS }, (_one, number) => {
      const context = contextOf(nodes[number % 2 === 0 ? 0 : 1], number % 3 === 0 ? agent : visitor)
      const input = { conversationId, text: `Message ${number}`, clientKey: `${number}` }
      return sendMessage(number % 2 === 0 ? context : { ...context, clock: ahead }, input)
    }),
  )
  const messages = await nodes[0].services.database.message.findMany({
    where: { conversationId },
    orderBy: { seq: 'asc' },
  })
  const times = messages.map(({ sentAt }) => sentAt.getTime())
  expect(times).toHaveLength(SENDS)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  const { lastActiveAt } = await nodes[0].services.database.conversation.findUniqueOrThrow({
    where: { id: conversationId },
  })
  expect(lastActiveAt.getTime()).toBe(times.at(-1))
})
