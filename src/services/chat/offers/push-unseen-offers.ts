// Notifies agents by push of the offers that they can no longer see: the agent was signed in when the offer was made, and
// the last console has gone since (docs/semantics.md, section 6).
import type { Database } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { pushChatOffer } from '../../notifications/push/send-chat-push.ts'
import { leaseCounts } from '../../presence/lease-counts.ts'

/** Pushes each of these offers once, for the rest of its time, to the agent's registered browsers. The offer of an agent
 * without a registered browser is left to be revoked. An agent whose lease counts only because of an outage is not
 * notified: the console is coming back.
 * @param options.limit how many offers to read at most */
export async function pushUnseenOffers(services: Services, options: { limit: number }): Promise<void> {
  const unseen = await readUnseenOffers(services.database, { ...options, now: services.clock.now() })
  for (const { id } of unseen) await pushChatOffer(services, { offerId: id }).catch(services.onError)
}

function readUnseenOffers(
  database: Database,
  { now, limit }: { now: Date; limit: number },
): Promise<{ id: string }[]> {
  return database.$queryRaw<{ id: string }[]>`
    SELECT o."id" FROM "ChatOffer" o
    WHERE o."state" = 'PENDING' AND o."pushedAt" IS NULL AND o."expiresAt" > ${now}::timestamptz
      AND EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = o."agentId")
      AND NOT EXISTS (
        SELECT FROM "ConsoleLease" lease
        WHERE lease."agentId" = o."agentId" AND ${leaseCounts({ now, goneForMs: 0 })}
      )
    ORDER BY o."expiresAt", o."id" LIMIT ${limit}`
}
