// Removes what was written and claimed in the chats of a person who is erased. The chats and their messages still count.
import { Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { runTransaction } from '../../transaction.ts'

/** How many messages one transaction clears. */
const MESSAGES = 1000

/** @param which.limit how many chats at most
 * @returns how many chats and messages were cleared */
export async function clearConversations(
  services: Services,
  { workspaceId, personId, limit }: { workspaceId: string; personId: string; limit: number },
): Promise<{ conversations: number; messages: number }> {
  const chats = await services.database.conversation.findMany({
    where: { workspaceId, personId, clearedAt: null, endedAt: { not: null } },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true },
  })
  let messages = 0
  for (const { id } of chats) {
    for (let cleared = MESSAGES; cleared === MESSAGES; messages += cleared) {
      cleared = await runTransaction(services, (tx) => clearMessages(tx, id))
    }
    await runTransaction(services, (tx) => clearConversation(services, { tx, id }))
  }
  return { conversations: chats.length, messages }
}

const lock = (tx: Transaction, id: string) => lockConversations(tx, Prisma.sql`"id" = ${id}::uuid`)

/** Agents' messages too: they answer what the visitor wrote.
 * @returns how many were cleared */
async function clearMessages(tx: Transaction, conversationId: string): Promise<number> {
  await lock(tx, conversationId)
  return tx.$executeRaw`
    UPDATE "Message" SET "text" = '', "sender" = NULL, "clientKey" = NULL WHERE "id" IN (
      SELECT "id" FROM "Message"
      WHERE "conversationId" = ${conversationId}::uuid AND ("text" <> '' OR "sender" IS NOT NULL)
      LIMIT ${MESSAGES}
    )`
}

async function clearConversation(
  { clock }: Services,
  { tx, id }: { tx: Transaction; id: string },
): Promise<void> {
  const [chat] = await lock(tx, id)
  if (chat === undefined) return
  const now = clock.now()
  const data = { claimed: Prisma.DbNull, pageUrl: null, clientNetwork: null, clearedAt: now }
  await tx.conversation.update({ where: { id }, data })
  const events = [newEvent.conversationChanged(chat)]
  await appendEvents(tx, { workspaceId: chat.workspaceId, at: now, events })
}
