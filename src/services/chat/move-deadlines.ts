// Moves on the deadlines of chats when a pause of all nodes ends (docs/semantics.md, section 5).
import type { ChatOffer, Conversation } from '../../database/generated/client/client.ts'
import { lockConversations } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent, waitChanged } from '../events/new-events.ts'
import { IS_OPEN } from '../people/open-chats.ts'
import { lengthOfPause, type Pause } from '../presence/heartbeat.ts'

interface MovedDeadlines {
  offers: ChatOffer[]
  /** Requests that wait. */
  waiting: Conversation[]
}

/** Adds the length of the pause to the deadlines of offers and waits that were open when it began, and to the idle
 * time-outs.
 * @returns what has a new deadline that clients are to know */
export async function moveChatDeadlines(tx: Transaction, pause: Pause): Promise<MovedDeadlines> {
  const { beganAt, endedAt } = pause
  const length = lengthOfPause(pause)
  await lockConversations(tx, IS_OPEN)
  await tx.$executeRaw`
    UPDATE "Conversation"
    SET "lastActiveAt" = least("lastActiveAt" + ${length}, ${endedAt}::timestamptz),
      "agentGoneAt" = CASE WHEN "agentGoneAt" IS NOT NULL THEN
        least("agentGoneAt" + ${length}, ${endedAt}::timestamptz) END
    WHERE "state" = 'ACTIVE'`
  const waiting = await tx.$queryRaw<Conversation[]>`
    UPDATE "Conversation" SET "waitUntil" = "waitUntil" + ${length}
    WHERE "state" = 'REQUESTED' AND "waitUntil" > ${beganAt}::timestamptz
    RETURNING *`
  const offers = await tx.$queryRaw<ChatOffer[]>`
    UPDATE "ChatOffer" SET "expiresAt" = "expiresAt" + ${length}
    WHERE "state" = 'PENDING' AND "expiresAt" > ${beganAt}::timestamptz
    RETURNING *`
  return { offers, waiting }
}

/** Tells the consoles and the visitors who wait the new deadlines. To be called last in a transaction, like
 * `appendEvents`. */
export async function publishMovedDeadlines(
  tx: Transaction,
  { offers, waiting }: MovedDeadlines,
  at: Date,
): Promise<void> {
  const events = [
    ...offers.map((offer) => ({ workspaceId: offer.workspaceId, event: newEvent.chatOffered(offer) })),
    ...waiting.map((chat) => ({ workspaceId: chat.workspaceId, event: waitChanged(chat) })),
  ]
  const byWorkspace = Map.groupBy(events, ({ workspaceId }) => workspaceId)
  // In the order of locks: by the workspace, then by the stream.
  for (const workspaceId of [...byWorkspace.keys()].sort()) {
    const ofWorkspace = (byWorkspace.get(workspaceId) ?? []).map(({ event }) => event)
    await appendEvents(tx, { workspaceId, at, events: ofWorkspace })
  }
}
