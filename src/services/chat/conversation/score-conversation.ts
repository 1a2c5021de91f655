import { z } from 'zod'
import type { Conversation } from '../../../database/generated/client/client.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requirePermission } from '../../identity/viewer.ts'
import { integer, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockVisible, requireActive, requirePart } from './require-part.ts'

/** The lowest and the highest score. */
export const SCORE_BOUNDS = [0, 3] as const

const scoreInput = z.object({ conversationId: z.string(), score: integer(...SCORE_BOUNDS).nullish() })

/** Records how well a chat goes. The score is frozen when the chat is over.
 * @param raw.score 0 to 3; null removes the score
 * @returns the conversation afterwards
 * @throws ForbiddenError unless the viewer has the chat
 * @throws NotFoundError, InvalidInputError
 * @throws ConflictError when the chat is not active */
export async function scoreConversation(
  context: RequestContext,
  raw: z.input<typeof scoreInput>,
): Promise<Conversation> {
  const viewer = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const { conversationId, score } = parseInput(scoreInput, raw)
  return runTransaction(context, async (tx) => {
    const conversation = await lockVisible(tx, { id: conversationId, viewer })
    requirePart(viewer, conversation)
    requireActive(conversation)
    const scored = await tx.conversation.update({
      where: { id: conversationId },
      data: { score: score ?? null },
    })
    const { workspaceId } = conversation
    await appendEvents(tx, {
      workspaceId,
      at: context.clock.now(),
      events: [newEvent.conversationChanged(scored)],
    })
    return scored
  })
}
