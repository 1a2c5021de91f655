import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from './lock-conversation.ts'

/** Reads which conversations need something to be done.
 * @param which.id left out: any conversation
 * @returns their ids */
export type ReadDue = (
  database: Database | Transaction,
  which: { now: Date; limit: number; id?: string | null },
) => Promise<string[]>

/** Acts on a conversation under its lock. Has no effect if it is not due any more: before the lock was granted, somebody
 * may have come back or written, or another node have acted. */
export async function ifStillDue(
  services: Services,
  { id, readDue }: { id: string; readDue: ReadDue },
  act: (given: { tx: Transaction; conversation: Conversation; now: Date }) => Promise<unknown>,
): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    if ((await readDue(tx, { now, limit: 1, id })).length > 0) await act({ tx, conversation, now })
  })
}
