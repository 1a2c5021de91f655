// A visitor or an agent sends a message in a chat.
import { z } from 'zod'
import type { Message } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { MAX_KEY_LENGTH, opaque, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockVisible, requireChatViewer, requireNoDialogue, requirePart } from './require-part.ts'
import { findRepeat, messageText, type NewMessage, writeMessage } from './write-message.ts'

const sendMessageInput = z.object({
  conversationId: z.string(),
  text: messageText,
  clientKey: opaque(MAX_KEY_LENGTH),
})

/** A visitor may write from its request on, and an agent from accepting the chat on, until the chat is over. Nobody writes
 * in a dialogue.
 * @param raw.clientKey the message's idempotency key: a retry with the same key returns the first message
 * @returns the message
 * @throws ForbiddenError, NotFoundError, InvalidInputError, QuotaExceededError
 * @throws ConflictError when the chat is over, a dialogue leads it, or the key was used before with another message */
export async function sendMessage(
  context: RequestContext,
  raw: z.input<typeof sendMessageInput>,
): Promise<Message> {
  const viewer = requireChatViewer(context.viewer)
  const { conversationId, text, clientKey } = parseInput(sendMessageInput, raw)
  await spendBudgets(context, { workspaceId: viewer.workspaceId, calls: ['messages'] })
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const conversation = await lockVisible(tx, { id: conversationId, viewer })
    requirePart(viewer, conversation)
    const message = { conversation, viewer, text, clientKey, now }
    const known = await findRepeat(tx, message)
    if (known) return known
    if (conversation.endedAt !== null) throw new ConflictError('CHAT_OVER', 'The conversation is over.')
    requireNoDialogue(conversation)
    return addMessage(tx, message)
  })
}

/** Writes a message to a conversation that is locked and not over, and publishes it. */
export async function addMessage(tx: Transaction, given: NewMessage): Promise<Message> {
  const { message, conversation } = await writeMessage(tx, given)
  await appendEvents(tx, {
    workspaceId: conversation.workspaceId,
    at: given.now,
    events: [newEvent.messageSent(message, conversation)],
  })
  return message
}
