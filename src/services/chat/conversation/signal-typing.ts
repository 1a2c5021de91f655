// Signals to the other participants of a chat that the viewer is typing.
import type { Conversation } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { agentStream, conversationStream } from '../../events/append-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { takeBackIdleWarning } from '../idle-warnings.ts'
import { requireActive, requireChatViewer, requirePart } from './require-part.ts'
import { visibleConversations } from './visible-conversations.ts'

/** Typing counts as activity. It is written at most this often for a conversation. */
const ACTIVITY_EVERY_MS = 15_000

/** Sends a signal to the current subscribers of the conversation, and to the consoles of its agent, that the viewer is typing. The signal is not stored, but
 * it postpones the idle time-out.
 * @returns the conversation
 * @throws ForbiddenError, NotFoundError, QuotaExceededError
 * @throws ConflictError when the chat is not active */
export async function signalTyping(context: RequestContext, conversationId: string): Promise<Conversation> {
  const viewer = requireChatViewer(context.viewer)
  await spendBudgets(context, { workspaceId: viewer.workspaceId, calls: ['signals'] })
  const conversation = await context.database.conversation.findFirst({
    where: { AND: [{ id: conversationId }, visibleConversations(viewer)] },
  })
  if (conversation === null) throw new NotFoundError('input.conversationId')
  requirePart(viewer, conversation)
  requireActive(conversation)
  await recordActivity(context, conversation)
  const by = viewer.kind === 'AGENT' ? ({ author: 'AGENT', agentId: viewer.agentId } as const) : VISITOR
  for (const streamId of [conversationStream(conversationId), ...consolesOf(conversation)]) {
    context.wakeUps.signal({ streamId, type: 'Typing', payload: { conversationId, ...by } })
  }
  return conversation
}

const VISITOR = { author: 'VISITOR' } as const

const consolesOf = ({ agentId }: Conversation) => (agentId === null ? [] : [agentStream(agentId)])

/** A warning of the idle time-out that stands is taken back, which the subscribers have to learn. */
async function recordActivity(
  context: RequestContext,
  { id, lastActiveAt }: Pick<Conversation, 'id' | 'lastActiveAt'>,
): Promise<void> {
  const { database, clock } = context
  const now = clock.now()
  const due = new Date(now.getTime() - ACTIVITY_EVERY_MS)
  if (lastActiveAt > due) return
  const written = await database.$executeRaw`
    UPDATE "Conversation" SET "lastActiveAt" = ${now}::timestamptz
    WHERE "id" = ${id}::uuid AND "state" = 'ACTIVE' AND "lastActiveAt" <= ${due}::timestamptz
      AND "idleWarnedFor" IS DISTINCT FROM "lastActiveAt"`
  if (written === 0) await takeBackIdleWarning(context, { id, now })
}
