// Measures how many messages go through one node, and how long each takes from the sender's request to the frame on the
// agent's socket. Visitors send over HTTP, agents are subscribed to their conversations over sockets in another
// process. Run it with `npm run bench:messages`.
import { setTimeout as pause } from 'node:timers/promises'
import { acceptChat } from '../src/services/chat/offers/accept-chat.ts'
import { requestLiveChat } from '../src/services/chat/request/request-live-chat.ts'
import { type ChatStage, percentiles, startChatStage } from './chat/stage.ts'
import { monotonicMs } from './fanout/load.ts'
import { describeMachine } from './slots.ts'

const CHATS = 100
/** Below the limit of 60 messages a minute for each sender: the clock stands still. */
const MESSAGES_PER_CHAT = 50
const CALLERS = [1, 8, 32]

const SUBSCRIBE = `subscription ($id: ID!) { conversationEvents(conversationId: $id) {
  __typename ... on Event { cursor } ... on MessageSent { message { author text } }
} }`
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }`

interface Chat {
  id: string
  visitorToken: string
  agentToken: string
}

async function begin({ scene, act }: ChatStage, index: number): Promise<Chat> {
  const { workspaceId, agentIds, agentTokens, visitors } = scene
  const { visitorId = '', personId = '', token: visitorToken = '' } = visitors[index] ?? {}
  const viewer = { kind: 'VISITOR' as const, workspaceId, visitorId, personId, verified: false }
  const agentId = agentIds[index % agentIds.length] ?? ''
  const { outcome } = await act(viewer, (context) =>
    requestLiveChat(context, { target: { agentId }, idempotencyKey: null }),
  )
  const permissions = new Set(['VIEW_MY_CONVERSATIONS' as const])
  await act({ kind: 'AGENT', workspaceId, agentId, name: '', permissions }, async (context) => {
    const offer = await context.database.chatOffer.findFirstOrThrow({ where: { conversationId: outcome.id } })
    return acceptChat(context, { offerId: offer.id, idempotencyKey: null })
  })
  const id = Buffer.from(`Conversation:${outcome.id}`).toString('base64')
  return { id, visitorToken, agentToken: agentTokens[index % agentIds.length] ?? '' }
}

async function send({ scene }: ChatStage, { id, visitorToken }: Chat, text: string): Promise<void> {
  const answer = await fetch(`${scene.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${visitorToken}` },
    body: JSON.stringify({
      query: SEND,
      variables: { input: { conversationId: id, text, clientKey: text } },
    }),
  })
  const { data } = await answer.json()
  if (data?.sendMessage.__typename !== 'Message') throw new Error(`Not sent: ${JSON.stringify(data)}`)
}

async function measure(
  stage: ChatStage,
  { chats, callers }: { chats: Chat[]; callers: number },
): Promise<void> {
  const sentAt = new Map<string, number>()
  const count = Math.floor((CHATS * MESSAGES_PER_CHAT) / CALLERS.length)
  let next = 0
  await stage.takeTexts()
  const start = performance.now()
  const caller = async () => {
    for (let number = next++; number < count; number = next++) {
      const text = `${callers} callers, message ${number}`
      sentAt.set(text, monotonicMs())
      await send(stage, chats[number % CHATS] as Chat, text)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const rate = count / ((performance.now() - start) / 1000)
  const latencies: number[] = []
  while (latencies.length < count) {
    await pause(20)
    for (const { instant, text } of await stage.takeTexts()) {
      const { message } = JSON.parse(text).payload.data.conversationEvents
      latencies.push(instant - (sentAt.get(message?.text) ?? Number.NaN))
    }
  }
  const { p50, p99 } = percentiles(latencies)
  console.log([callers, rate.toFixed(0), p50.toFixed(1), p99.toFixed(1)].join('\t'))
}

console.log(describeMachine())
const stage = await startChatStage({ agents: CHATS, visitors: CHATS })
await stage.connect(
  stage.scene.agentTokens.map((token) => ({
    token,
    operations: [{ query: 'subscription { agentEvents { __typename } }' }],
    greetings: 1,
  })),
)
const chats: Chat[] = []
for (let index = 0; index < CHATS; index++) chats.push(await begin(stage, index))
await stage.connect(
  chats.map(({ id, agentToken }) => ({
    token: agentToken,
    operations: [{ query: SUBSCRIBE, variables: { id } }],
    greetings: 1,
    keepTexts: true,
  })),
)
console.log('callers\tmessages/s\tp50 ms\tp99 ms from sending to the other side')
for (const callers of CALLERS) await measure(stage, { chats, callers })
await stage.stop()
process.exit()
