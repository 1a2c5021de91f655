// An agent shares a calendar in the chat, from which the visitor can book a meeting.
import { z } from 'zod'
import type { Message } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { MAX_KEY_LENGTH, opaque, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockVisible, requireActive, requirePart } from './require-part.ts'
import { findRepeat, messageText, writeMessage } from './write-message.ts'

const DEFAULT_TEXT = 'Please pick a time for a meeting.'

const shareCalendarInput = z.object({
  conversationId: z.string(),
  agentId: z.string().nullish(),
  text: messageText.nullish(),
  clientKey: opaque(MAX_KEY_LENGTH),
})

/** @param raw.agentId whose calendar; left out: the viewer's
 * @returns the message that carries the calendar; a retry with the same key returns the first message
 * @throws ForbiddenError unless the viewer has the chat
 * @throws NotFoundError, InvalidInputError
 * @throws ConflictError when the chat is not active, or the key was used before with another message */
export async function shareCalendar(
  context: RequestContext,
  raw: z.input<typeof shareCalendarInput>,
): Promise<Message> {
  const viewer = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const { conversationId, agentId, text, clientKey } = parseInput(shareCalendarInput, raw)
  const { workspaceId } = viewer
  const sharedAgentId = agentId ?? viewer.agentId
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const conversation = await lockVisible(tx, { id: conversationId, viewer })
    requirePart(viewer, conversation)
    const message = { conversation, viewer, text: text ?? DEFAULT_TEXT, clientKey, sharedAgentId, now }
    const known = await findRepeat(tx, message)
    if (known) return known
    requireActive(conversation)
    const shared = await tx.agent.count({ where: { id: sharedAgentId, workspaceId, removedAt: null } })
    if (shared === 0) throw new NotFoundError('input.agentId')
    const written = await writeMessage(tx, message)
    await appendEvents(tx, {
      workspaceId,
      at: now,
      events: [newEvent.messageSent(written.message, conversation)],
    })
    return written.message
  })
}
