// Writes events in the transaction that makes the change they tell of. The stream's row lock gives each
// event its number, so that the order of numbers is the order of commits, without gaps
// (docs/semantics.md, section 7). Called last in a transaction: everybody who writes to a stream waits here.
import { Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { noteStreams } from '../transaction.ts'

/** Everything that happens to a workspace, for those who look after it. */
export const workspaceStream = (workspaceId: string): string => `workspace:${workspaceId}`
/** What concerns an agent, for the agent's own console. */
export const agentStream = (agentId: string): string => `agent:${agentId}`
/** What happens in a conversation, for the visitor and the agent who talk. */
export const conversationStream = (conversationId: string): string => `conversation:${conversationId}`

/** The last four are for the product itself, and never told to clients. AccessChanged: the agent was removed, or has
 * other roles; a visitor is vouched for no more, or has moved to another person. SlotsReleased: a hold was given back.
 * BusyTimeChanged: a calendar has other events. SettingsChanged: the workspace offers slots in another way. */
export type EventType =
  | 'MeetingChanged'
  | 'MeetingAvailabilityChanged'
  | 'LiveChatAvailabilityChanged'
  | 'LiveChatStatusChanged'
  | 'CalendarStatusChanged'
  | 'RoutingChanged'
  | 'ChatOffered'
  | 'ChatOfferSettled'
  | 'ConversationUpdated'
  | 'MessageSent'
  | 'AccessChanged'
  | 'SlotsReleased'
  | 'BusyTimeChanged'
  | 'SettingsChanged'

export interface NewEvent {
  type: EventType
  /** Ids of what changed; readers load the rest. */
  payload: Record<string, string>
  /** The agents whose own streams get it too, besides the workspace's. */
  agentIds?: string[]
  /** The conversation whose stream gets it too. */
  conversationId?: string
  /** Whether the workspace's stream gets it not: everybody who writes to that stream waits for the others. */
  isPrivate?: boolean
}

/** The agent was removed, or has other roles: what the agent may see must be looked at anew. */
export const accessChanged = (agentId: string): NewEvent => ({
  type: 'AccessChanged',
  payload: { agentId },
  agentIds: [agentId],
})

/** Browsers that saw what the other browsers of their person did, and do not any more.
 * @param visitorId left out: all browsers of the workspace */
export const verificationEnded = (visitorId?: string): NewEvent => ({
  type: 'AccessChanged',
  payload: visitorId === undefined ? { visitors: 'ALL' } : { visitorId },
})

/** Who takes turns was changed, for meetings and for live chats alike. */
export const routingChanged = (payload: { teamId?: string } = {}): NewEvent[] =>
  (['MEETING', 'LIVE_CHAT'] as const).map((kind) => ({
    type: 'RoutingChanged',
    payload: { kind, ...payload },
  }))

interface NewEvents {
  workspaceId: string
  /** The instant of the change. */
  at: Date
  events: NewEvent[]
}

export async function appendEvents(tx: Transaction, change: NewEvents): Promise<void> {
  await tx.$executeRaw`WITH ${appendingEvents(tx, change)} SELECT`
}

/** The same as the last part of a statement, without the WITH. A conversation that the same statement begins must be
 * given its number of events there.
 * @param change.onlyIf a condition, which may name what comes before in the statement */
export function appendingEvents(
  tx: Transaction,
  { workspaceId, at, events, onlyIf = Prisma.sql`true` }: NewEvents & { onlyIf?: Prisma.Sql },
): Prisma.Sql {
  const rows = byStream(workspaceId, events)
  const streamIds = rows.map(({ streamId }) => streamId)
  noteStreams(tx, streamIds)
  noteLocks(
    tx,
    'stream',
    streamIds.map((streamId) => `${workspaceId} ${streamId}`),
  )
  // Streams are locked in a fixed order, so that two transactions never wait for each other.
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
    ), counted AS (
      UPDATE "Conversation" c SET "eventCount" = stream."head"
      FROM unnest(${rows.flatMap(({ conversationId }) => conversationId ?? [])}::uuid[]) AS given("id")
      JOIN stream ON stream."id" = 'conversation:' || given."id"
      WHERE c."id" = given."id"
    ), written AS (
      INSERT INTO "Event" ("streamId", "seq", "workspaceId", "type", "payload", "at")
      SELECT stream."id", stream."head" - event."following", ${workspaceId}::uuid, event."type", event."payload",
        ${at}::timestamptz
      FROM event JOIN stream ON stream."id" = event."streamId"
    )`
}

/** One entry for each stream that gets an event. */
function byStream(workspaceId: string, events: NewEvent[]) {
  return events.flatMap(({ type, payload, agentIds = [], conversationId, isPrivate }) => {
    const event = { type, payload }
    const streams = new Set(agentIds.map(agentStream))
    if (!isPrivate) streams.add(workspaceStream(workspaceId))
    const entries = [...streams].map((streamId) => ({ streamId, ...event, conversationId: null }))
    return conversationId === undefined
      ? entries
      : [...entries, { streamId: conversationStream(conversationId), ...event, conversationId }]
  })
}
