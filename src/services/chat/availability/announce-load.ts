// Publishes that an agent has signed in or out, can be reached or no longer, or has another number of chats and offers
// (docs/semantics.md, section 5). The sweep compares the present load with the one that was published last. So nothing
// else has to publish it, and several changes within a second are one event.
import { noteLocks } from '../../../database/lock-order.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { SECOND } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'
import { appendStatusEvents } from './append-status-events.ts'

/** The load of one agent is published at most this often. */
export const LOAD_EVERY_MS = SECOND
const BATCH_SIZE = 500

interface Load {
  agentId: string
  workspaceId: string
  signedIn: boolean
  hasPush: boolean
  activeChats: number
  pendingOffers: number
}

/** Each change is published once, however many nodes call this at the same time. */
export async function announceLoads(services: Services): Promise<void> {
  const now = services.clock.now()
  const changed = await readChangedLoads(services.database, now)
  if (changed.length === 0) return
  await runTransaction(services, async (tx) => {
    const announced = await saveAnnounced(tx, { loads: changed, now })
    await appendStatusEvents(tx, { agents: announced, now })
  })
}

/** Reads everything in one statement. It begins with what is open and what was published of it: consoles, browsers and
 * seats. Only agents whose load has changed are looked up, so that the cost does not grow with the number of agents. */
function readChangedLoads(database: Database, now: Date): Promise<Load[]> {
  return database.$queryRaw<Load[]>`
    WITH open AS (
      SELECT "agentId", true AS "signedIn", false AS "hasPush", NULL::"OfferState" AS "seat"
      FROM "ConsoleLease" WHERE "expiresAt" > ${now}::timestamptz
      UNION ALL SELECT "agentId", false, true, NULL FROM "PushSubscription"
      UNION ALL SELECT "agentId", false, false, "state" FROM "ChatOffer" WHERE "seat" IS NOT NULL
    ), present AS (
      SELECT "agentId", bool_or("signedIn") AS "signedIn", bool_or("hasPush") AS "hasPush",
        count(*) FILTER (WHERE "seat" = 'ACCEPTED')::int AS "activeChats",
        count(*) FILTER (WHERE "seat" = 'PENDING')::int AS "pendingOffers"
      FROM open GROUP BY "agentId"
    ), published AS (
      SELECT * FROM "AnnouncedLoad" WHERE "signedIn" OR "hasPush" OR "activeChats" > 0 OR "pendingOffers" > 0
    ), changed AS MATERIALIZED (
      SELECT "agentId", coalesce(p."signedIn", false) AS "signedIn", coalesce(p."hasPush", false) AS "hasPush",
        coalesce(p."activeChats", 0) AS "activeChats", coalesce(p."pendingOffers", 0) AS "pendingOffers"
      FROM present p FULL JOIN published l USING ("agentId")
      WHERE (p."signedIn", p."hasPush", p."activeChats", p."pendingOffers")
        IS DISTINCT FROM (l."signedIn", l."hasPush", l."activeChats", l."pendingOffers")
    )
    SELECT changed.*, a."workspaceId"
    FROM changed JOIN "Agent" a ON a."id" = changed."agentId"
    LEFT JOIN "AnnouncedLoad" l ON l."agentId" = changed."agentId"
    WHERE a."removedAt" IS NULL
      AND (l."announcedAt" IS NULL OR l."announcedAt" <= ${lastDue(now)}::timestamptz)
    ORDER BY a."id" LIMIT ${BATCH_SIZE}`
}

/** Records that the loads are published, except those that another node has published meanwhile.
 * @returns the others */
async function saveAnnounced(
  tx: Transaction,
  { loads, now }: { loads: Load[]; now: Date },
): Promise<Pick<Load, 'agentId' | 'workspaceId'>[]> {
  noteLocks(
    tx,
    'agent',
    loads.map(({ agentId }) => agentId),
  )
  return tx.$queryRaw<Pick<Load, 'agentId' | 'workspaceId'>[]>`
    INSERT INTO "AnnouncedLoad" AS l
      ("agentId", "workspaceId", "signedIn", "hasPush", "activeChats", "pendingOffers", "announcedAt")
    SELECT "agentId", "workspaceId", "signedIn", "hasPush", "activeChats", "pendingOffers", ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(loads)}::jsonb) AS given(
      "agentId" uuid, "workspaceId" uuid, "signedIn" boolean, "hasPush" boolean, "activeChats" int, "pendingOffers" int
    )
    ORDER BY "agentId"
    ON CONFLICT ("agentId") DO UPDATE SET
      "signedIn" = excluded."signedIn", "hasPush" = excluded."hasPush", "activeChats" = excluded."activeChats",
      "pendingOffers" = excluded."pendingOffers", "announcedAt" = excluded."announcedAt"
    WHERE l."announcedAt" <= ${lastDue(now)}::timestamptz
    RETURNING "agentId", "workspaceId"`
}

const lastDue = (now: Date): Date => new Date(now.getTime() - LOAD_EVERY_MS)
