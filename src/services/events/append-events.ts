// Appends events in the transaction of the change that they announce. The lock on the stream's row numbers them, so that
// numbers follow the order of commits, without gaps (docs/semantics.md, section 7). To be called last in a transaction:
// other transactions that append to the same stream wait for its end.
import { Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { noteStreams } from '../transaction.ts'
import type { NewEvent } from './new-events.ts'

/** The stream of a workspace, for its supervisors. */
export const workspaceStream = (workspaceId: string): string => `workspace:${workspaceId}`
/** The stream of an agent, for the agent's consoles. */
export const agentStream = (agentId: string): string => `agent:${agentId}`
/** The stream of a conversation, for its participants. */
export const conversationStream = (conversationId: string): string => `conversation:${conversationId}`

interface NewEvents {
  workspaceId: string
  /** The instant of the change. */
  at: Date
  events: NewEvent[]
}

/** Appends events to the streams that each of them names. */
export async function appendEvents(tx: Transaction, change: NewEvents): Promise<void> {
  await tx.$executeRaw`WITH ${appendingEvents(tx, change)} SELECT`
}

/** Like `appendEvents`, as the last CTEs of a statement, without the WITH.
 * @param change.isChatNew whether the same statement inserts the conversation that the events are about. It must insert
 *   it with its `eventCount`: an update would not see the row
 * @param change.onlyIf a condition, which may refer to CTEs that stand before */
export function appendingEvents(
  tx: Transaction,
  {
    workspaceId,
    at,
    events,
    isChatNew = false,
    onlyIf = Prisma.sql`true`,
  }: NewEvents & { isChatNew?: boolean; onlyIf?: Prisma.Sql },
): Prisma.Sql {
  const rows = byStream(workspaceId, events)
  const streamIds = rows.map(({ streamId }) => streamId)
  const counted = isChatNew ? [] : rows.flatMap(({ conversationId }) => conversationId ?? [])
  noteStreams(tx, streamIds)
  noteLocks(
    tx,
    'stream',
    streamIds.map((streamId) => `${workspaceId} ${streamId}`),
  )
  // Streams are locked in a fixed order, so that two transactions never deadlock.
  return Prisma.sql`
    event AS (
      SELECT value->>'streamId' AS "streamId", value->>'type' AS "type", value->'payload' AS "payload",
        row_number() OVER (PARTITION BY value->>'streamId' ORDER BY place DESC) - 1 AS "following"
      FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb)
        WITH ORDINALITY AS given(value, place)
      WHERE ${onlyIf}
    ), stream AS (
      INSERT INTO "EventStream" ("id", "workspaceId", "head")
      SELECT "streamId", ${workspaceId}::uuid, count(*) FROM event GROUP BY "streamId" ORDER BY "streamId"
      ON CONFLICT ("id") DO UPDATE SET "head" = "EventStream"."head" + excluded."head"
      RETURNING "id", "head"
    ), ${counted.length > 0 ? countingEvents(counted) : Prisma.empty} written AS (
      INSERT INTO "Event" ("streamId", "seq", "workspaceId", "type", "payload", "at")
      SELECT stream."id", stream."head" - event."following", ${workspaceId}::uuid, event."type", event."payload",
        ${at}::timestamptz
      FROM event JOIN stream ON stream."id" = event."streamId"
    )`
}

const countingEvents = (conversationIds: string[]) => Prisma.sql`
    counted AS (
      UPDATE "Conversation" c SET "eventCount" = stream."head"
      FROM unnest(${conversationIds}::uuid[]) AS given("id")
      JOIN stream ON stream."id" = 'conversation:' || given."id"
      WHERE c."id" = given."id"
    ),`

/** One entry for each event and stream. */
function byStream(workspaceId: string, events: NewEvent[]) {
  return events.flatMap(({ type, payload, agentIds = [], conversationId, skipsWorkspace }) => {
    const event = { type, payload }
    const streams = new Set(agentIds.map(agentStream))
    if (!skipsWorkspace) streams.add(workspaceStream(workspaceId))
    const entries = [...streams].map((streamId) => ({ streamId, ...event, conversationId: null }))
    return conversationId === undefined
      ? entries
      : [...entries, { streamId: conversationStream(conversationId), ...event, conversationId }]
  })
}
