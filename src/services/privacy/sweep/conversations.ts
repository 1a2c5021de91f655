// Conversations that are over, with their messages, offers and decisions, and the sessions of dialogues in them. Meetings that were booked in them stay.
import { Prisma } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { SweepRule } from './rule.ts'

/** How many messages a portion deletes at most. */
const MESSAGES = 2000

export const conversations: SweepRule = {
  name: 'conversations',
  table: Prisma.sql`"Conversation"`,
  age: Prisma.sql`"endedAt"`,
  which: Prisma.sql`"endedAt" IS NOT NULL`,
  keptMs: ({ conversationsMs }) => conversationsMs,
  rows: 200,
  remove: async ({ tx, ids }) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Conversation" WHERE "id" = ANY (${ids}::uuid[]) ${SKIPPING_LOCKED}`
    const found = locked.map(({ id }) => id)
    const messages = await tx.$executeRaw`
      DELETE FROM "Message" WHERE "id" IN (
        SELECT "id" FROM "Message" WHERE "conversationId" = ANY (${found}::uuid[]) LIMIT ${MESSAGES}
      )`
    // The rest of a long chat follows with the next portion.
    if (messages === MESSAGES) return { removed: messages, isDone: false }
    return { removed: messages + (await deleteConversations(tx, found)), isDone: true }
  },
}

/** @param ids of locked conversations without messages
 * @returns how many were deleted */
async function deleteConversations(tx: Transaction, ids: string[]): Promise<number> {
  const which = { conversationId: { in: ids } }
  const streamIds = ids.map((id) => `conversation:${id}`)
  await tx.meeting.updateMany({ where: which, data: { conversationId: null } })
  await tx.dialogueSession.deleteMany({ where: which })
  await tx.chatOffer.deleteMany({ where: which })
  await tx.routingDecision.deleteMany({ where: which })
  const { count } = await tx.conversation.deleteMany({ where: { id: { in: ids } } })
  await tx.event.deleteMany({ where: { streamId: { in: streamIds } } })
  await tx.eventStream.deleteMany({ where: { id: { in: streamIds } } })
  return count
}
