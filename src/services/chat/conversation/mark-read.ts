import type { Conversation } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { appendEvents } from '../../events/append-events.ts'
import { participantsUpdated } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { runTransaction } from '../../transaction.ts'
import { lockVisible, requireChatViewer, requirePart } from './require-part.ts'

/** Records that the viewer has read the messages up to a given one. The mark never moves back.
 * @returns the conversation afterwards
 * @throws ForbiddenError, NotFoundError, QuotaExceededError */
export async function markRead(
  context: RequestContext,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<Conversation> {
  const viewer = requireChatViewer(context.viewer)
  await spendBudgets(context, { workspaceId: viewer.workspaceId, calls: ['signals'] })
  return runTransaction(context, async (tx) => {
    const conversation = await lockVisible(tx, { id: conversationId, viewer })
    requirePart(viewer, conversation)
    const message = await tx.message.findFirst({ where: { id: messageId, conversationId } })
    if (message === null) throw new NotFoundError('input.messageId')
    const mark = viewer.kind === 'VISITOR' ? 'readByVisitor' : 'readByAgent'
    if (message.seq <= conversation[mark]) return conversation
    const read = await tx.conversation.update({
      where: { id: conversationId },
      data: { [mark]: message.seq },
    })
    const { workspaceId } = conversation
    const events = [participantsUpdated(read)]
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
    return read
  })
}
