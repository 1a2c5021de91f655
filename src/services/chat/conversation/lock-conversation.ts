import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'

/** Must come first in every change of a conversation: concurrent changes wait until the transaction ends.
 * @throws NotFoundError */
export async function lockConversation(tx: Transaction, id: string): Promise<Conversation> {
  const [conversation] = await lockConversations(tx, Prisma.sql`"id" = ${id}::uuid`)
  if (conversation === undefined) throw new NotFoundError('input.conversationId')
  return conversation
}
