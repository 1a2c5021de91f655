// A supervisor takes a chat over, whether an agent has it, is asked to take it, or nobody yet (docs/semantics.md,
// section 6). The seat and the history are those of an accepted offer that the supervisor made to itself.
import { z } from 'zod'
import type { Conversation } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockChatHours } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, ForbiddenError } from '../../../errors.ts'
import { appendEvents } from '../../events/append-events.ts'
import { chatOfferClosed } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { type AgentViewer, callerOf, requirePermission } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput } from '../../input.ts'
import { runTransaction } from '../../transaction.ts'
import { readAgentStatuses } from '../availability/read-status.ts'
import { lockVisible, requireNoDialogue } from '../conversation/require-part.ts'
import { acceptOffer } from './accept-chat.ts'
import { freeOwnersSeat, giveChat } from './give-chat.ts'
import { offerStateAt } from './offer-state.ts'
import { freeSeat } from './seat-offer.ts'
import { closeOffer } from './settle-offer.ts'

const takeOverChatInput = z.object({ conversationId: z.string(), idempotencyKey })

/** Has no effect on a chat that the viewer has already. The viewer need not be available for live chats, but needs a seat.
 * @returns the conversation, which now belongs to the viewer
 * @throws ForbiddenError without MANAGE_ALL_CONVERSATIONS
 * @throws NotFoundError, InvalidInputError
 * @throws ConflictError when the chat is over, a dialogue leads it, the viewer has as many chats and offers as an agent may have, or the key was
 *   used before with other input */
export async function takeOverChat(
  context: RequestContext,
  raw: z.input<typeof takeOverChatInput>,
): Promise<Conversation> {
  const viewer = requirePermission(context.viewer, 'MANAGE_ALL_CONVERSATIONS')
  const { conversationId, idempotencyKey: key } = parseInput(takeOverChatInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'takeOverChat', input: raw, now }
  return runTransaction(context, async (tx) => {
    const id = await once(tx, call, async () => {
      const conversation = await lockVisible(tx, { id: conversationId, viewer })
      if (conversation.endedAt !== null) throw new ConflictError('CHAT_OVER', 'The conversation is over.')
      requireNoDialogue(conversation)
      if (conversation.agentId !== viewer.agentId) await takeOver(context, { tx, viewer, conversation, now })
      return conversationId
    })
    return tx.conversation.findUniqueOrThrow({ where: { id } })
  })
}

interface TakeOver {
  tx: Transaction
  viewer: AgentViewer
  /** Locked. */
  conversation: Conversation
  now: Date
}

async function takeOver(context: RequestContext, { tx, viewer, conversation, now }: TakeOver): Promise<void> {
  const { workspaceId, agentId } = viewer
  const where = { conversationId: conversation.id, state: 'PENDING' } as const
  const offer = await tx.chatOffer.findFirst({ where })
  const isOwn = offer?.agentId === agentId && offerStateAt(offer, now) === 'PENDING'
  if (isOwn) return acceptOffer(context, { tx, offer, conversation, now })
  const closed = offer && (await closeOffer(context, { tx, offer, as: 'RESCINDED', now }))
  await freeOwnersSeat(tx, conversation)
  await takeSeat(tx, { viewer, conversation, now })
  const events = [
    ...(closed ? chatOfferClosed(closed) : []),
    ...(await giveChat(tx, { conversation, agentId, now })),
  ]
  await appendEvents(tx, { workspaceId, at: now, events })
}

/** No other transaction offers the agent a chat while the agent's hours are locked, so a seat that is free stays free.
 * @throws ConflictError when there is none */
async function takeSeat(
  tx: Transaction,
  { viewer, conversation: { id: conversationId }, now }: Omit<TakeOver, 'tx'>,
): Promise<void> {
  const { workspaceId, agentId } = viewer
  if (!(await lockChatHours(tx, { workspaceId, agentId }))) {
    throw new ForbiddenError('You are no longer an agent of this workspace.')
  }
  const [status] = await readAgentStatuses(tx, { agentIds: [agentId], now })
  const isFull = !status || status.activeChats + status.pendingOffers >= status.capacity
  const seat = isFull ? undefined : freeSeat(status)
  if (isFull || seat === undefined) {
    throw new ConflictError('NO_ROOM', 'You have as many conversations and offers as an agent may have.')
  }
  noteLocks(tx, 'reservation', [''])
  await tx.chatOffer.create({
    data: {
      workspaceId,
      conversationId,
      agentId,
      state: 'ACCEPTED',
      attempt: 1 + (await tx.chatOffer.count({ where: { conversationId } })),
      transferredBy: agentId,
      offeredAt: now,
      expiresAt: now,
      settledAt: now,
      seat,
      capacity: status.capacity,
    },
  })
}
