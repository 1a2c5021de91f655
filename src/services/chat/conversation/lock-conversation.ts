import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'

/** Every change of a conversation begins here: the next one waits until the transaction is over. Locked in this order:
 * the visitor, the conversation, the pool, the agent, the streams.
 * @throws NotFoundError */
export async function lockConversation(tx: Transaction, id: string): Promise<Conversation> {
  const [conversation] = await tx.$queryRaw<Conversation[]>`
    SELECT * FROM "Conversation" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`
  if (conversation === undefined) throw new NotFoundError('conversationId')
  return conversation
}
