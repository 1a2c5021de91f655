// Notifies the participants of a person's open chats when data about the person changes, or when the visitor turns out
// to be another person.
import { type Conversation, Prisma } from '../../database/generated/client/client.ts'
import { lockConversations } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { appendEvents } from '../events/append-events.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'

/** A condition on "Conversation". */
export const IS_OPEN = Prisma.sql`"state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')`

type Party = { personId: string } | { visitorId: string }

/** Appends an event for each open chat. To be called last in a transaction, like `appendEvents`.
 * @param chats.otherEvents are appended along with them */
export async function updateOpenChats(
  tx: Transaction,
  chats: { workspaceId: string; of: Party; otherEvents: NewEvent[]; at: Date },
): Promise<void> {
  const { workspaceId, of, otherEvents, at } = chats
  // Chats are locked before event streams everywhere, so that no two transactions deadlock.
  const open = await lockOpenChats(tx, of)
  const events = [...otherEvents, ...open.map((chat) => newEvent.conversationChanged(chat))]
  if (events.length > 0) await appendEvents(tx, { workspaceId, at, events })
}

/** @returns the open chats, locked, with the agents they belong to */
export function lockOpenChats(tx: Transaction, of: Party): Promise<Pick<Conversation, 'id' | 'agentId'>[]> {
  const { personId, visitorId } = { personId: null, visitorId: null, ...of }
  return lockConversations(
    tx,
    Prisma.sql`("personId" = ${personId}::uuid OR "visitorId" = ${visitorId}::uuid) AND ${IS_OPEN}`,
  )
}
