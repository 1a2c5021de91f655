// A dialogue leads to an agent.
import type { Transaction } from '../../../database/open.ts'
import { appendEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import type { LiveChatCard } from '../definition/draft.ts'

export interface LiveChatBeginning {
  tx: Transaction
  workspaceId: string
  /** AUTOMATED, and locked. */
  conversationId: string
  card: LiveChatCard
  /** To append first. */
  precedingEvents: NewEvent[]
  now: Date
}

/** Must be the last call in a transaction, like `appendEvents`. */
export async function beginLiveChat(
  _context: RequestContext,
  { tx, workspaceId, conversationId, precedingEvents, now }: LiveChatBeginning,
): Promise<void> {
  const chat = await tx.conversation.update({
    where: { id: conversationId },
    data: { state: 'MISSED', endedAt: now },
  })
  await appendEvents(tx, {
    workspaceId,
    at: now,
    events: [...precedingEvents, newEvent.conversationChanged(chat)],
  })
}
