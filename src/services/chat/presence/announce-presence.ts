// Records and publishes that the agent or the visitor of an active chat has gone or returned (docs/semantics.md,
// section 6). Presence itself is computed at every read; this decides only when it is published, once for each change.
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { chatOfferClosed, type NewEvent, newEvent, participantsUpdated } from '../../events/new-events.ts'
import { PRODUCT_ID } from '../../identity/viewer.ts'
import { enlistChatNotices } from '../../notifications/push/chat-notice.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { closeOffer } from '../offers/settle-offer.ts'
import { isAgentPresent, isVisitorPresent, readChatPresence } from './chat-presence.ts'

/** @returns the ids of active chats in which somebody has gone or returned since it was last published */
export async function readPresenceChanges(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "Conversation" c
    WHERE c."state" = 'ACTIVE' AND (
      (c."agentGoneAt" IS NULL) <> ${isAgentPresent(now)}
      OR (c."visitorGoneAt" IS NULL) <> ${isVisitorPresent(now)}
    )
    LIMIT ${limit}`
  return rows.map(({ id }) => id)
}

/** Has no effect when what was published is still true, or the chat is over. */
export async function announcePresence(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    const change = await readChange(tx, { conversation, now })
    if (change === null) return
    const updated = await tx.conversation.update({ where: { id }, data: change })
    const events =
      change.agentGoneAt === undefined
        ? [participantsUpdated(updated)]
        : [...(await applyToAgent(services, { tx, updated, now })), newEvent.conversationChanged(updated)]
    await appendEvents(tx, { workspaceId: conversation.workspaceId, at: now, events })
  })
}

/** Notifies the browsers of an agent who has gone. When the agent has returned, the chat is no longer offered on.
 * @returns the events of that */
async function applyToAgent(
  services: Services,
  { tx, updated, now }: { tx: Transaction; updated: Conversation; now: Date },
): Promise<NewEvent[]> {
  if (updated.agentGoneAt !== null) {
    // This notice covers the messages too.
    const data = { noticedMessages: updated.messageCount, noticedAt: now }
    await tx.conversation.update({ where: { id: updated.id }, data })
    await enlistChatNotices(services, { tx, conversation: updated, kind: 'CHAT_UNATTENDED' })
    return []
  }
  const where = { conversationId: updated.id, state: 'PENDING', transferredBy: PRODUCT_ID } as const
  const offer = await tx.chatOffer.findFirst({ where })
  return offer ? chatOfferClosed(await closeOffer(services, { tx, offer, as: 'RESCINDED', now })) : []
}

/** What is to be recorded; a field that is left out has not changed. */
type Change = Partial<Pick<Conversation, 'agentGoneAt' | 'visitorGoneAt'>>

async function readChange(
  tx: Transaction,
  { conversation, now }: { conversation: Conversation; now: Date },
): Promise<Change | null> {
  const { id, state, agentGoneAt, visitorGoneAt } = conversation
  const presence = state === 'ACTIVE' && (await readChatPresence(tx, { ids: [id], now })).get(id)
  if (!presence) return null
  const { agentPresent, visitorPresent } = presence
  const change: Change = {}
  if (agentPresent !== (agentGoneAt === null)) {
    change.agentGoneAt = agentPresent ? null : await readAgentLeftAt(tx, conversation)
  }
  if (visitorPresent !== (visitorGoneAt === null)) change.visitorGoneAt = visitorPresent ? null : now
  return Object.keys(change).length > 0 ? change : null
}

/** Since when the agent of a chat has had no console, or when it was removed. Not before the agent accepted the chat, and
 * not while a client could still come back after a pause of all nodes. */
async function readAgentLeftAt(tx: Transaction, { id, agentId }: Conversation): Promise<Date> {
  const [row] = await tx.$queryRaw<{ leftAt: Date }[]>`
    SELECT coalesce(
      a."removedAt", greatest(max(l."expiresAt"), max(l."protectedUntil"), max(o."settledAt"))
    ) AS "leftAt"
    FROM "ChatOffer" o JOIN "Agent" a ON a."id" = o."agentId"
    LEFT JOIN "ConsoleLease" l ON l."agentId" = o."agentId"
    WHERE o."conversationId" = ${id}::uuid AND o."agentId" = ${agentId}::uuid
      AND o."state" = 'ACCEPTED' AND o."seat" IS NOT NULL
    GROUP BY o."id", a."removedAt"`
  if (row === undefined) throw new Error('An active chat has no owner.')
  return row.leftAt
}
