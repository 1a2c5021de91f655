// Ends the wait of a request that no agent had room for.
import { v7 as uuidv7 } from 'uuid'
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { fallbackStep, recordDecision } from '../../routing/decision.ts'
import { runTransaction } from '../../transaction.ts'
import { endConversation } from '../conversation/end-conversation.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'

/** @returns the ids of requests whose wait is over, the longest due first */
export async function readOverdueWaits(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Conversation" WHERE "state" = 'REQUESTED' AND "waitUntil" <= ${now}::timestamptz
    ORDER BY "waitUntil", "id" LIMIT ${limit}`
  return rows.map(({ id }) => id)
}

/** Has no effect on a request that is offered by now, or whose wait goes on. */
export async function endWait(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    const { state, waitUntil } = conversation
    const isDue = state === 'REQUESTED' && waitUntil !== null && waitUntil <= now
    if (isDue) await missRequest(services, { tx, conversation, now })
  })
}

/** To be called last in a transaction, like `appendEvents`.
 * @param given.conversation must be locked */
export async function missRequest(
  services: Pick<Services, 'jobs'>,
  { tx, conversation, now }: { tx: Transaction; conversation: Conversation; now: Date },
): Promise<void> {
  const { id: conversationId, workspaceId } = conversation
  const steps = [fallbackStep('WAIT_OVER')]
  const decision = { kind: 'LIVE_CHAT' as const, pool: 'Fallback', agentId: null, steps }
  await recordDecision(tx, { id: uuidv7(), workspaceId, conversationId, decision, now })
  await endConversation(services, { tx, conversation, as: 'MISSED', now })
}
