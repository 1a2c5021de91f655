// Random conversations in every state, with offers and messages.
import { randomUUID } from 'node:crypto'
import type { Prisma } from '../../../src/database/generated/client/client.ts'
import type { Author, ConversationState, OfferState } from '../../../src/database/generated/client/enums.ts'
import type { TestApp } from '../../kit/app.ts'
import { conversationRow, insertVisitors } from '../../kit/report-rows.ts'
import { pickFrom, type Random } from './random-range.ts'

export interface Chat {
  row: Prisma.ConversationCreateManyInput
  offers: { agentId: string; state: OfferState }[]
  said: { author: Author; agentId: string | null; sentAt: Date }[]
}

interface Stage {
  random: Random
  workspaceId: string
  agentIds: string[]
  dialogueIds: string[]
  teamId: string
  anyTime: () => Date
}

const STATES: { state: ConversationState; isAccepted: boolean; inDialogue: boolean }[] = [
  { state: 'MISSED', isAccepted: false, inDialogue: false },
  { state: 'MISSED', isAccepted: true, inDialogue: false },
  { state: 'ABANDONED', isAccepted: false, inDialogue: true },
  { state: 'REQUESTED', isAccepted: false, inDialogue: false },
  { state: 'ACTIVE', isAccepted: true, inDialogue: true },
  { state: 'ENDED', isAccepted: true, inDialogue: false },
  { state: 'TIMED_OUT', isAccepted: true, inDialogue: true },
  { state: 'AUTOMATED', isAccepted: false, inDialogue: true },
  { state: 'ENDED', isAccepted: false, inDialogue: true },
  { state: 'TIMED_OUT', isAccepted: false, inDialogue: true },
]
const OPEN: ConversationState[] = ['REQUESTED', 'ACTIVE', 'AUTOMATED']
/** Of conversations that no agent has accepted. */
export const REQUESTS: ConversationState[] = ['MISSED', 'ABANDONED', 'REQUESTED']

export async function insertChats(
  app: TestApp,
  { count, ...stage }: Stage & { count: number },
): Promise<Chat[]> {
  const { workspaceId } = stage
  const { database } = app.app.services
  const visitors = await insertVisitors(app, { workspaceId, count })
  const chats = visitors.map((visitor) => randomChat(stage, visitor))
  await database.conversation.createMany({ data: chats.map(({ row }) => row) })
  await database.chatOffer.createMany({ data: chats.flatMap(offerRows) })
  await database.message.createMany({ data: chats.flatMap(messageRows) })
  return chats
}

function randomChat(stage: Stage, visitor: { visitorId: string; personId: string }): Chat {
  const { random, workspaceId, agentIds, dialogueIds, teamId, anyTime } = stage
  const pick = pickFrom(random)
  const { state, isAccepted, inDialogue } = pick(STATES)
  const requestedAt = anyTime()
  const acceptedAt = isAccepted ? new Date(requestedAt.getTime() + random(100) * 1000) : null
  const over = new Date((acceptedAt ?? requestedAt).getTime() + random(3600) * 1000)
  const agentId = isAccepted ? pick(agentIds) : null
  const row = conversationRow({
    ...{ id: randomUUID(), workspaceId, ...visitor, state, requestedAt, acceptedAt, agentId },
    endedAt: OPEN.includes(state) ? null : over,
    ...(state === 'REQUESTED' ? { waitUntil: over, waitPlace: 1 } : {}),
    dialogueId: inDialogue ? pick(dialogueIds) : null,
    target: pick<object>([{ teamId }, { roundRobin: true }]),
  })
  const passed = isAccepted || REQUESTS.includes(state) ? randomOffers(stage) : []
  const offers = agentId === null ? passed : [...passed, { agentId, state: 'ACCEPTED' as const }]
  return { row, offers, said: randomMessages(stage, { requestedAt, acceptedAt }) }
}

/** Those that were not accepted, or by an agent who handed the chat over. */
function randomOffers({ random, agentIds }: Stage): Chat['offers'] {
  const pick = pickFrom(random)
  return Array.from({ length: random(3) }, () => ({
    agentId: pick(agentIds),
    state: pick<OfferState>(['DECLINED', 'EXPIRED', 'REVOKED', 'RESCINDED', 'ACCEPTED']),
  }))
}

/** Agents write only in chats that were accepted. */
function randomMessages(
  { random, agentIds }: Stage,
  { requestedAt, acceptedAt }: { requestedAt: Date; acceptedAt: Date | null },
): Chat['said'] {
  const pick = pickFrom(random)
  let time = requestedAt.getTime()
  return Array.from({ length: random(9) }, () => {
    time += random(90) * 1000
    const sentAt = new Date(time)
    const isAccepted = acceptedAt !== null && sentAt >= acceptedAt
    const author = pick<Author>(['VISITOR', 'BOT', 'SYSTEM', 'VISITOR', ...Array(4).fill('AGENT')])
    if (author !== 'AGENT') return { author, agentId: null, sentAt }
    return isAccepted
      ? { author, agentId: pick(agentIds), sentAt }
      : { author: 'VISITOR' as const, agentId: null, sentAt }
  })
}

const partOf = ({ row: { id = '', workspaceId } }: Chat) => ({ conversationId: id, workspaceId })

const offerRows = (chat: Chat) =>
  chat.offers.map((offer, index) => {
    const { requestedAt: at } = chat.row
    const facts = { attempt: index + 1, capacity: 5, offeredAt: at, expiresAt: at, settledAt: at }
    return { ...partOf(chat), ...facts, ...offer }
  })

const messageRows = (chat: Chat) =>
  chat.said.map((message, index) => ({ ...partOf(chat), seq: index + 1, text: 'Hm.', ...message }))
