// Publishes that an agent has signed in or out, can be reached or no longer, or has another number of chats and offers
// (docs/semantics.md, section 5). The sweep compares the present load with the one that was published last. So nothing
// else has to publish it, and several changes within a second are one event.
import { noteLocks } from '../../../database/lock-order.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { SECOND } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'

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
    for (const [workspaceId, agents] of Map.groupBy(announced, (agent) => agent.workspaceId)) {
      const events = agents.map((agent) => newEvent.liveChatStatusChanged(agent))
      await appendEvents(tx, { workspaceId, at: now, events })
    }
  })
}

/** Reads everything in one statement, which looks only at what is open: consoles, browsers and seats. */
function readChangedLoads(database: Database, now: Date): Promise<Load[]> {
  return database.$queryRaw<Load[]>`
    SELECT a."id" AS "agentId", a."workspaceId", console."agentId" IS NOT NULL AS "signedIn",
      browser."agentId" IS NOT NULL AS "hasPush", coalesce(seats."activeChats", 0) AS "activeChats",
      coalesce(seats."pendingOffers", 0) AS "pendingOffers"
    FROM "Agent" a
    LEFT JOIN (
      SELECT DISTINCT "agentId" FROM "ConsoleLease" WHERE "expiresAt" > ${now}::timestamptz
    ) console ON console."agentId" = a."id"
    LEFT JOIN (SELECT DISTINCT "agentId" FROM "PushSubscription") browser ON browser."agentId" = a."id"
    LEFT JOIN (
      SELECT "agentId", count(*) FILTER (WHERE "state" = 'ACCEPTED')::int AS "activeChats",
        count(*) FILTER (WHERE "state" = 'PENDING')::int AS "pendingOffers"
      FROM "ChatOffer" WHERE "seat" IS NOT NULL GROUP BY "agentId"
    ) seats ON seats."agentId" = a."id"
    LEFT JOIN "AnnouncedLoad" l ON l."agentId" = a."id"
    WHERE a."removedAt" IS NULL
      AND (l."announcedAt" IS NULL OR l."announcedAt" <= ${lastDue(now)}::timestamptz)
      AND (
        console."agentId" IS NOT NULL, browser."agentId" IS NOT NULL,
        coalesce(seats."activeChats", 0), coalesce(seats."pendingOffers", 0)
      ) <> (
        coalesce(l."signedIn", false), coalesce(l."hasPush", false),
        coalesce(l."activeChats", 0), coalesce(l."pendingOffers", 0)
      )
    ORDER BY a."id" LIMIT ${BATCH_SIZE}`
}

/** Records that the loads are published, except those that another node has published meanwhile.
 * @returns the others, ordered by workspace, so that the streams of several workspaces are locked in a fixed order */
async function saveAnnounced(
  tx: Transaction,
  { loads, now }: { loads: Load[]; now: Date },
): Promise<Pick<Load, 'agentId' | 'workspaceId'>[]> {
  noteLocks(
    tx,
    'agent',
    loads.map(({ agentId }) => agentId),
  )
  const saved = await tx.$queryRaw<Pick<Load, 'agentId' | 'workspaceId'>[]>`
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
  return saved.sort((one, other) => (one.workspaceId < other.workspaceId ? -1 : 1))
}

const lastDue = (now: Date): Date => new Date(now.getTime() - LOAD_EVERY_MS)
