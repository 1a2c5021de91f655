// Adds a message to a conversation that is locked.
import { v7 as uuidv7 } from 'uuid'
import type { Author, Conversation, Message } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { QuotaExceededError } from '../../errors.ts'
import { callerOf } from '../identity/viewer.ts'
import type { ChatViewer } from './require-part.ts'

/** So many messages of one sender in one conversation, within so long. */
const MOST_MESSAGES = 60
const WITHIN_MS = 60_000

export interface NewMessage {
  /** Locked. */
  conversation: Conversation
  viewer: ChatViewer
  text: string
  clientKey: string | null
  sharedAgentId?: string
  now: Date
}

/** The sender has read what stands before it.
 * @returns the message, and the conversation afterwards
 * @throws QuotaExceededError */
export async function writeMessage(
  tx: Transaction,
  { conversation, viewer, text, clientKey, sharedAgentId, now }: NewMessage,
): Promise<{ message: Message; conversation: Conversation }> {
  const { id: conversationId, workspaceId, messageCount } = conversation
  const sender = callerOf(viewer)
  await requireQuota(tx, { conversation, sender, now })
  const seq = messageCount + 1
  const message = await tx.message.create({
    data: {
      ...{ id: uuidv7(), workspaceId, conversationId, seq, text, sentAt: now },
      ...authorOf(viewer),
      sender: clientKey === null ? null : sender,
      clientKey,
      sharedAgentId: sharedAgentId ?? null,
    },
  })
  const read = viewer.kind === 'VISITOR' ? { readByVisitor: seq } : { readByAgent: seq }
  const updated = await tx.conversation.update({
    where: { id: conversationId },
    data: { messageCount: seq, lastActiveAt: now, ...read },
  })
  return { message, conversation: updated }
}

function authorOf(viewer: ChatViewer): { author: Author; agentId: string | null } {
  return viewer.kind === 'VISITOR'
    ? { author: 'VISITOR', agentId: null }
    : { author: 'AGENT', agentId: viewer.agentId }
}

/** Looks at no more than the last messages, however long the conversation is. */
async function requireQuota(
  tx: Transaction,
  { conversation, sender, now }: { conversation: Conversation; sender: string; now: Date },
): Promise<void> {
  const recent = await tx.message.findMany({
    where: {
      conversationId: conversation.id,
      seq: { gt: conversation.messageCount - 2 * MOST_MESSAGES },
      sentAt: { gt: new Date(now.getTime() - WITHIN_MS) },
      sender,
    },
    select: { sentAt: true },
    orderBy: { seq: 'desc' },
    take: MOST_MESSAGES,
  })
  const oldest = recent[MOST_MESSAGES - 1]
  if (oldest === undefined) return
  throw new QuotaExceededError(`At most ${MOST_MESSAGES} messages a minute.`, {
    limit: MOST_MESSAGES,
    resetsAt: new Date(oldest.sentAt.getTime() + WITHIN_MS),
  })
}
