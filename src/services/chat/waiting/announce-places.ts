// Tells visitors whose requests wait that they have moved up in the queue. Changes within one sweep are one event.
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { waitChanged } from '../../events/new-events.ts'
import { runTransaction } from '../../transaction.ts'

/** One transaction tells no more visitors than this; the next sweep tells the rest. */
const BATCH_SIZE = 100

/** The requests whose visitors were told another place than they have. */
const MOVED = Prisma.sql`
  SELECT "id", "workspaceId", "requestedAt", "place" FROM (
    SELECT "id", "workspaceId", "requestedAt", "waitPlace",
      row_number() OVER (PARTITION BY "workspaceId", "target" ORDER BY "requestedAt", "id")::int AS "place"
    FROM "Conversation" WHERE "state" = 'REQUESTED'
  ) queue
  WHERE "waitPlace" <> "place"`

/** Each change is published once, however many nodes call this at the same time. */
export async function announcePlaces(services: Services): Promise<void> {
  const moved = await services.database.$queryRaw<{ id: string; workspaceId: string }[]>`
    ${MOVED} ORDER BY "requestedAt" LIMIT ${BATCH_SIZE}`
  const byWorkspace = Map.groupBy(moved, ({ workspaceId }) => workspaceId)
  const at = services.clock.now()
  for (const [workspaceId, requests] of byWorkspace) {
    const ids = requests.map(({ id }) => id)
    await runTransaction(services, (tx) => announce(tx, { workspaceId, ids, at }))
  }
}

async function announce(
  tx: Transaction,
  { workspaceId, ids, at }: { workspaceId: string; ids: string[]; at: Date },
): Promise<void> {
  await lockConversations(tx, Prisma.sql`"id" = ANY (${ids}::uuid[]) AND "state" = 'REQUESTED'`)
  // Another node may have told them before the locks were granted.
  const changed = await tx.$queryRaw<Conversation[]>`
    UPDATE "Conversation" c SET "waitPlace" = moved."place" FROM (${MOVED}) moved
    WHERE c."id" = moved."id" AND c."id" = ANY (${ids}::uuid[]) RETURNING c.*`
  if (changed.length > 0) await appendEvents(tx, { workspaceId, at, events: changed.map(waitChanged) })
}
