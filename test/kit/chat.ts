// What tests of live chats need: agents who are there, visitors who ask, and the operations.
import { randomUUID } from 'node:crypto'
import { createTestAgent, type Staff, type TestWorkspace } from './actors.ts'
import { data, type TestApp } from './app.ts'
import { type Mutation, mutate, type Result } from './mutate.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** An application, in this process or in its own. */
type Door = Pick<TestApp, 'execute'>

/** An agent who is open for chats around the clock, in UTC, and signed in for a day. */
export async function createChatAgent(app: TestApp, workspace: TestWorkspace, name?: string): Promise<Staff> {
  const agent = await createTestAgent(app, workspace, name)
  await openForChats(app, workspace, agent)
  return agent
}

/** Lets an agent take chats: open around the clock, in UTC, and signed in for a day. */
export async function openForChats(app: TestApp, workspace: TestWorkspace, agent: Staff): Promise<void> {
  const { database } = app.app.services
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))
  await database.liveChatAvailability.update({
    where: { agentId: agent.agentId },
    // A sweep may have published before that the agent is never available, and would revoke every offer.
    data: { timeZone: 'UTC', weekly, announceAt: null },
  })
  await signIn(app, workspace, agent)
}

/** A console of the agent is connected, for a day. */
export async function signIn(
  app: TestApp,
  { workspaceId }: TestWorkspace,
  { agentId }: Staff,
): Promise<void> {
  const expiresAt = new Date(app.clock.now().getTime() + DAY_MS)
  await app.app.services.database.consoleLease.create({
    data: { nodeId: randomUUID(), workspaceId, agentId, expiresAt },
  })
}

/** The consoles of the agent have gone, long ago. */
export async function signOut(app: TestApp, { agentId }: Staff): Promise<void> {
  await app.app.services.database.consoleLease.deleteMany({ where: { agentId } })
}

export interface Chat {
  __typename: string
  id: string
  state: string
  agent: { id: string; name: string } | null
  unread: number
  score: number | null
  fallback: { message: string; offerMeeting: boolean } | null
  fallbackAgent: { id: string } | null
  offers: { id: string; state: string; attempt: number; agent: { id: string } }[]
  messages: { nodes: { id: string; author: string; text: string }[] }
  message: string
  issues: { path: string[]; message: string }[]
  [field: string]: unknown
}

const CHAT = `... on Conversation {
  id state agent { id name } unread fallback { message offerMeeting } fallbackAgent { id } streamHead
  messages { nodes { id author text } }
}`

/** Runs a mutation that answers a conversation. */
export async function chat(
  app: Door,
  call: { mutation: string; token: string; input: object; errors?: string },
): Promise<Chat> {
  const { errors = '', ...rest } = call
  return (await mutate(app, { ...rest, select: `${CHAT} ${errors}` } satisfies Mutation)) as unknown as Chat
}

/** A visitor asks for a chat. */
export const requestChat = (app: Door, token: string, input: object = {}): Promise<Chat> =>
  chat(app, {
    mutation: 'requestLiveChat',
    token,
    input,
    errors: '... on QuotaExceededError { limit resetsAt }',
  })

export const acceptChat = (app: Door, token: string, offerId: string): Promise<Chat> =>
  chat(app, {
    mutation: 'acceptChat',
    token,
    input: { offerId },
    errors: '... on OfferNoLongerOpenError { offerState }',
  })

export const declineChat = (app: TestApp, token: string, offerId: string): Promise<Result> =>
  mutate(app, {
    mutation: 'declineChat',
    token,
    input: { offerId },
    select: '... on ChatOffer { id state settledAt } ... on OfferNoLongerOpenError { offerState }',
  })

export const say = (
  app: Door,
  token: string,
  {
    conversationId,
    text,
    clientKey = randomUUID(),
  }: { conversationId: string; text: string; clientKey?: string },
): Promise<Result> =>
  mutate(app, {
    mutation: 'sendMessage',
    token,
    input: { conversationId, text, clientKey },
    select:
      '... on Message { id author text sentAt agent { id } } ... on QuotaExceededError { limit resetsAt }',
  })

/** A conversation as somebody reads it; null for whoever may not. */
export async function readChat(app: Door, token: string, id: string, fields = ''): Promise<Chat | null> {
  const query = `query ($id: ID!) { node(id: $id) { __typename ${CHAT} ... on Conversation { ${fields} } } }`
  return (await data<{ node: Chat | null }>(app.execute(query, { variables: { id }, token }))).node
}

/** The offers of a conversation, oldest first, as staff read them. */
export async function readOffers(app: Door, token: string, id: string): Promise<Chat['offers']> {
  const fields = 'offers { id state attempt agent { id } }'
  return (await readChat(app, token, id, fields))?.offers ?? []
}

/** The last offer of a conversation. */
export async function lastOffer(app: Door, token: string, id: string): Promise<Chat['offers'][number]> {
  const offer = (await readOffers(app, token, id)).at(-1)
  if (offer === undefined) throw new Error('The chat was offered to nobody.')
  return offer
}

/** A chat that a visitor asked an agent for, and that the agent has accepted.
 * @returns its global id */
export async function startActiveChat(
  app: TestApp,
  { admin }: TestWorkspace,
  { agent, visitor }: { agent: Staff; visitor: { token: string } },
): Promise<string> {
  const { id } = await requestChat(app, visitor.token, { target: { agentId: agent.id } })
  await acceptChat(app, agent.token, (await lastOffer(app, admin.token, id)).id)
  return id
}

/** A chat that a new agent has, and in which both sides have said something.
 * @returns the agent, the global ids of what came of it, by their types, and a way for the agent to say more */
export async function startChat(
  app: TestApp,
  workspace: TestWorkspace,
  { visitor, text, agentName }: { visitor: string; text: string; agentName: string },
) {
  const agent = await createChatAgent(app, workspace, agentName)
  const { id: conversationId } = await requestChat(app, visitor, { target: { agentId: agent.id }, text })
  const offer = await lastOffer(app, workspace.admin.token, conversationId)
  await acceptChat(app, agent.token, offer.id)
  const sayMore = (more: string) => say(app, agent.token, { conversationId, text: more })
  const { id: messageId } = await sayMore(text)
  const ids = { Conversation: conversationId, ChatOffer: offer.id, Message: messageId }
  return { agent, ids, say: sayMore }
}
