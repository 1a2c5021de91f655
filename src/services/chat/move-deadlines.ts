// Moves on the deadlines of chats when a pause of all nodes ends (docs/semantics.md, section 5).
import type { ChatOffer } from '../../database/generated/client/client.ts'
import { lockConversations } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { IS_OPEN } from '../people/open-chats.ts'
import { lengthOfPause, type Pause } from '../presence/heartbeat.ts'

/** Adds the length of the pause to the deadlines of offers that were open when it began, and to the idle time-outs.
 * @returns the offers that have a new deadline */
export async function moveChatDeadlines(tx: Transaction, pause: Pause): Promise<ChatOffer[]> {
  const { beganAt, endedAt } = pause
  const length = lengthOfPause(pause)
  await lockConversations(tx, IS_OPEN)
  await tx.$executeRaw`
    UPDATE "Conversation"
    SET "lastActiveAt" = least("lastActiveAt" + ${length}, ${endedAt}::timestamptz),
      "agentGoneAt" = CASE WHEN "agentGoneAt" IS NOT NULL THEN
        least("agentGoneAt" + ${length}, ${endedAt}::timestamptz) END
    WHERE "state" = 'ACTIVE'`
  return tx.$queryRaw<ChatOffer[]>`
    UPDATE "ChatOffer" SET "expiresAt" = "expiresAt" + ${length}
    WHERE "state" = 'PENDING' AND "expiresAt" > ${beganAt}::timestamptz
    RETURNING *`
}

/** Tells the consoles the new deadlines. To be called last in a transaction, like `appendEvents`. */
export async function publishMovedOffers(tx: Transaction, offers: ChatOffer[], at: Date): Promise<void> {
  const byWorkspace = Map.groupBy(offers, ({ workspaceId }) => workspaceId)
  // In the order of locks: by the workspace, then by the stream.
  for (const workspaceId of [...byWorkspace.keys()].sort()) {
    const events = (byWorkspace.get(workspaceId) ?? []).map((offer) => newEvent.chatOffered(offer))
    await appendEvents(tx, { workspaceId, at, events })
  }
}
