// Sweeps for due work in live chat: requests whose visitor has gone, offers that expired or whose agent has gone, idle
// chats and their warnings, requests that wait, changes of status and load, and what an absent agent or visitor makes
// necessary. Every node sweeps twice a second, and the first to lock a row does its work. No decision depends on the sweep:
// an offer expires and a status changes by the clock (docs/semantics.md, sections 5 and 6).
import type { Database } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { leaseCounts } from '../presence/lease-counts.ts'
import { repeatedly } from '../repeatedly.ts'
import { abandonRequest, endIdleChat, readIdleChats, readLeftRequests } from './abandoned-chats.ts'
import { announceLoads } from './availability/announce-load.ts'
import { announceStatusChanges } from './availability/announce-status.ts'
import { settleIfOpen } from './availability/leave-chats.ts'
import { readChatsToWarn, warnOfIdleTimeout } from './idle-warnings.ts'
import { pushUnseenOffers } from './offers/push-unseen-offers.ts'
import type { Settlement } from './offers/settle-offer.ts'
import { announcePresence, readPresenceChanges } from './presence/announce-presence.ts'
import { pushUnseenMessages, readUnseenMessages } from './presence/push-messages.ts'
import { reofferLeftChats } from './presence/reoffer-chat.ts'
import { announcePlaces } from './waiting/announce-places.ts'
import { endWait, readOverdueWaits } from './waiting/end-wait.ts'
import { serveWaiting } from './waiting/serve-waiting.ts'

const SWEEP_EVERY_MS = 500
/** How long an agent may be gone before its offers are revoked: long enough to reload a console. */
const AGENT_GONE_MS = 5000
/** One sweep reads no more rows of a kind than this; the next sweep reads the rest. */
const BATCH_SIZE = 500
/** Fewer rows of what can wait: when many agents vanish at once, offers must still move on in time. */
const PATIENT_BATCH_SIZE = 50

/** @param isAlive whether conclusions may be drawn from the clock; a sweep is skipped otherwise
 * @returns stop, which resolves once the current sweep has ended */
export function startChatSweep(services: Services, isAlive: () => Promise<boolean>): () => Promise<void> {
  const sweep = async () => {
    if (await isAlive()) await sweepChats(services)
  }
  return repeatedly(sweep, { everyMs: SWEEP_EVERY_MS, onError: services.onError })
}

/** Does all due work. A failure is reported and does not hold up the rest. */
export async function sweepChats(services: Services): Promise<void> {
  const { database, clock, onError } = services
  await announceStatusChanges(services).catch(onError)
  // Before the offers, so that a chat whose visitor has gone is not offered to another agent.
  await sweepEach(services, { read: readLeftRequests, act: abandonRequest, limit: BATCH_SIZE })
  for (const offer of await readDueOffers(database, clock.now())) {
    await settleIfOpen(services, { offer, as: offer.as }).catch(onError)
  }
  await pushUnseenOffers(services, { limit: PATIENT_BATCH_SIZE }).catch(onError)
  await sweepEach(services, { read: readIdleChats, act: endIdleChat, limit: BATCH_SIZE })
  await sweepEach(services, { read: readChatsToWarn, act: warnOfIdleTimeout, limit: BATCH_SIZE })
  await sweepEach(services, { read: readPresenceChanges, act: announcePresence, limit: PATIENT_BATCH_SIZE })
  await sweepEach(services, { read: readUnseenMessages, act: pushUnseenMessages, limit: PATIENT_BATCH_SIZE })
  await reofferLeftChats(services, { limit: PATIENT_BATCH_SIZE }).catch(onError)
  await sweepQueue(services)
  // Comes last, because all of the above can change how many chats and offers an agent has.
  await announceLoads(services).catch(onError)
}

interface DueWork {
  /** @returns the ids of the conversations that are due */
  read(database: Database, options: { now: Date; limit: number }): Promise<string[]>
  act(services: Services, id: string): Promise<void>
  limit: number
}

/** Acts on each conversation that is due, one after the other. */
async function sweepEach(services: Services, { read, act, limit }: DueWork): Promise<void> {
  const { database, clock, onError } = services
  for (const id of await read(database, { now: clock.now(), limit })) await act(services, id).catch(onError)
}

/** Comes after all work that can give an agent room. */
async function sweepQueue(services: Services): Promise<void> {
  const { database, onError } = services
  const waiting = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM "Conversation" WHERE "state" = 'REQUESTED' LIMIT 1`
  if (waiting.length === 0) return
  await sweepEach(services, { read: readOverdueWaits, act: endWait, limit: BATCH_SIZE })
  await serveWaiting(services)
  await announcePlaces(services).catch(onError)
}

interface DueOffer {
  id: string
  conversationId: string
  as: Settlement
}

function readDueOffers(database: Database, now: Date): Promise<DueOffer[]> {
  return database.$queryRaw<DueOffer[]>`
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
        SELECT FROM "ConsoleLease" lease
        WHERE lease."agentId" = o."agentId" AND ${leaseCounts({ now, goneForMs: AGENT_GONE_MS })}
      ) AND NOT EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = o."agentId")
    )
    ORDER BY o."expiresAt", o."id" LIMIT ${BATCH_SIZE}`
}
