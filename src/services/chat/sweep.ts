// What is due: requests whose visitor has gone, offers whose time is up or whose agent has gone, chats without a message
// for too long, changes of status by the hours. Every node looks, several times a second; whichever gets there first
// does it. Nothing depends on it: what is over is over by the clock, whether anybody has noted it or not
// (docs/semantics.md, sections 5 and 6).
import type { Database } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { repeatedly } from '../repeatedly.ts'
import { abandonRequest, endIdleChat, readIdleChats, readLeftRequests } from './abandoned-chats.ts'
import { announceStatusChanges } from './availability/announce-status.ts'
import { settleIfOpen } from './availability/leave-chats.ts'
import type { Settlement } from './offers/settle-offer.ts'

const LOOK_EVERY_MS = 500
/** For how long an agent may be gone before the offer goes on: a console that is reloaded is away for a moment. */
const GONE_MS = 5000
/** Looked at in one go; the rest at the next. */
const MOST_AT_ONCE = 500

/** Looks again and again.
 * @returns stops; resolves when what is being done is done */
export function startChatSweep(services: Services): () => Promise<void> {
  return repeatedly(() => sweepChats(services), { everyMs: LOOK_EVERY_MS, onError: services.onError })
}

/** Does what is due at this moment. What fails is told of, and holds up nothing else. */
export async function sweepChats(services: Services): Promise<void> {
  const { database, clock, onError } = services
  await announceStatusChanges(services).catch(onError)
  // First: what nobody waits for any more is offered to nobody else.
  for (const id of await readLeftRequests(database, { now: clock.now(), most: MOST_AT_ONCE })) {
    await abandonRequest(services, id).catch(onError)
  }
  for (const offer of await readLostOffers(database, clock.now())) {
    await settleIfOpen(services, { offer, as: offer.as }).catch(onError)
  }
  for (const id of await readIdleChats(database, { now: clock.now(), most: MOST_AT_ONCE })) {
    await endIdleChat(services, id).catch(onError)
  }
}

interface LostOffer {
  id: string
  conversationId: string
  as: Settlement
}

function readLostOffers(database: Database, now: Date): Promise<LostOffer[]> {
  const goneSince = new Date(now.getTime() - GONE_MS)
  return database.$queryRaw<LostOffer[]>`
    SELECT o."id", o."conversationId",
      CASE WHEN o."expiresAt" <= ${now}::timestamptz THEN 'EXPIRED' ELSE 'REVOKED' END AS "as"
    FROM "ChatOffer" o
    JOIN "Agent" a ON a."id" = o."agentId"
    JOIN "LiveChatAvailability" l ON l."agentId" = o."agentId"
    WHERE o."state" = 'PENDING' AND (
      o."expiresAt" <= ${now}::timestamptz
      OR a."removedAt" IS NOT NULL
      OR NOT l."announcedAvailable" AND l."announceAt" > ${now}::timestamptz
      OR NOT EXISTS (
        SELECT FROM "ConsoleLease" c WHERE c."agentId" = o."agentId" AND c."expiresAt" > ${goneSince}::timestamptz
      ) AND NOT EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = o."agentId")
    )
    ORDER BY o."expiresAt", o."id" LIMIT ${MOST_AT_ONCE}`
}
