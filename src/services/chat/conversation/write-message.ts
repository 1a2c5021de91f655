// Adds a message to a conversation that is locked.
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Author, Conversation, Message } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError } from '../../../errors.ts'
import { callerOf } from '../../identity/viewer.ts'
import { text as textInput } from '../../input.ts'
import type { ChatViewer } from './require-part.ts'

export const MAX_MESSAGE_LENGTH = 4000

/** The text of a message: one or more lines, not empty. */
export const messageText = textInput(MAX_MESSAGE_LENGTH).pipe(z.string().min(1, 'Must not be empty.'))

export interface NewMessage {
  /** Must be locked. */
  conversation: Conversation
  viewer: ChatViewer
  text: string
  clientKey: string | null
  sharedAgentId?: string
  now: Date
}

/** @returns the message that the viewer sent before with this key; null if there is none
 * @throws ConflictError when that message differs from this one */
export async function findRepeat(
  tx: Transaction,
  { conversation, viewer, text, clientKey, sharedAgentId }: Omit<NewMessage, 'now'>,
): Promise<Message | null> {
  const where = { conversationId: conversation.id, sender: callerOf(viewer), clientKey }
  const known = await tx.message.findFirst({ where })
  if (known === null) return null
  if (known.text === text && known.sharedAgentId === (sharedAgentId ?? null)) return known
  throw new ConflictError('KEY_REUSED', 'This key was used before with another message.')
}

/** Also marks all earlier messages as read by the sender.
 * @returns the message, and the conversation afterwards */
export async function writeMessage(
  tx: Transaction,
  { conversation, viewer, text, clientKey, sharedAgentId, now }: NewMessage,
): Promise<{ message: Message; conversation: Conversation }> {
  const { id: conversationId, workspaceId, messageCount } = conversation
  // Nodes' clocks differ, and a transaction may have waited for the lock: the time never goes back. Nothing that was
  // written is later than `lastActiveAt`.
  const sentAt = new Date(Math.max(now.getTime(), conversation.lastActiveAt.getTime()))
  const sender = callerOf(viewer)
  const seq = messageCount + 1
  const message = await tx.message.create({
    data: {
      id: uuidv7(),
      workspaceId,
      conversationId,
      seq,
      text,
      sentAt,
      ...authorOf(viewer),
      sender: clientKey === null ? null : sender,
      clientKey,
      sharedAgentId: sharedAgentId ?? null,
    },
  })
  const read = viewer.kind === 'VISITOR' ? { readByVisitor: seq } : { readByAgent: seq }
  const updated = await tx.conversation.update({
    where: { id: conversationId },
    data: { messageCount: seq, lastMessageAt: sentAt, lastActiveAt: sentAt, ...read },
  })
  return { message, conversation: updated }
}

function authorOf(viewer: ChatViewer): { author: Author; agentId: string | null } {
  return viewer.kind === 'VISITOR'
    ? { author: 'VISITOR', agentId: null }
    : { author: 'AGENT', agentId: viewer.agentId }
}
