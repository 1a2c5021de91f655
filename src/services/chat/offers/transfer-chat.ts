// The agent of a chat, or a supervisor, transfers it to another agent or a team: the chat is offered there, and stays with
// its agent until another one accepts it (docs/semantics.md, section 6).
import { z } from 'zod'
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, NoAgentAvailableError, NotFoundError } from '../../../errors.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type AgentViewer, callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput } from '../../input.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import { targetInput } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockVisible, requireActive, requirePartOrManaged } from '../conversation/require-part.ts'
import { findVisible } from '../conversation/visible-conversations.ts'
import { offerNext } from './offer-next.ts'

const transferChatInput = z.object({
  conversationId: z.string(),
  receiver: targetInput,
  idempotencyKey,
})

/** @returns the conversation, which still has the same agent
 * @throws ForbiddenError unless the viewer has the chat or MANAGE_ALL_CONVERSATIONS
 * @throws NotFoundError, InvalidInputError
 * @throws ConflictError when the chat is not active, or is being transferred already
 * @throws NoAgentAvailableError when no agent of the target is eligible */
export async function transferChat(
  context: RequestContext,
  raw: z.input<typeof transferChatInput>,
): Promise<Conversation> {
  const viewer = requirePermission(context.viewer, 'VIEW_MY_CONVERSATIONS')
  const { conversationId, receiver: target, idempotencyKey: key } = parseInput(transferChatInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'transferChat', input: raw, now }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, async () => {
      const conversation = await lockVisible(tx, { id: conversationId, viewer })
      await offerTransfer(context, { tx, viewer, conversation, target, now })
      return conversationId
    })
    // A retry may come after another agent accepted it.
    const transferred = await findVisible(tx, { id, viewer })
    if (transferred === null) throw new NotFoundError('input.conversationId')
    return transferred
  })
}

interface Transfer {
  tx: Transaction
  viewer: AgentViewer
  conversation: Conversation
  target: RoutingTarget
  now: Date
}

async function offerTransfer(
  context: RequestContext,
  { tx, viewer, conversation, target, now }: Transfer,
): Promise<void> {
  requirePartOrManaged(viewer, conversation)
  requireActive(conversation)
  const { id: conversationId, workspaceId } = conversation
  const offers = await tx.chatOffer.findMany({ where: { conversationId }, select: { state: true } })
  if (offers.some(({ state }) => state === 'PENDING')) {
    throw new ConflictError('TRANSFER_PENDING', 'The conversation is already being transferred.')
  }
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const offer = await offerNext(context, {
    tx,
    request: {
      conversation,
      opening: null,
      workspace,
      target,
      field: 'input.receiver',
      // A supervisor takes a chat by `takeOverChat`, not by an offer.
      except: [viewer.agentId, conversation.agentId].filter((id) => id !== null),
      attempt: offers.length + 1,
      transferredBy: viewer.agentId,
      precedingEvents: [],
      now,
    },
  })
  if (offer === null)
    throw new NoAgentAvailableError('None of the requested agents takes live chats at present.', null)
}
