// Writes events in the transaction that makes the change they tell of. The stream's row lock gives each
// event its number, so that the order of numbers is the order of commits, without gaps
// (docs/semantics.md, section 7). Called last in a transaction: everybody who writes to a stream waits here.
import type { Transaction } from '../../database/open.ts'
import { noteStreams } from '../transaction.ts'

/** Everything that happens to a workspace, for those who look after it. */
export const workspaceStream = (workspaceId: string): string => `workspace:${workspaceId}`
/** What concerns an agent, for the agent's own console. */
export const agentStream = (agentId: string): string => `agent:${agentId}`
/** What happens in a conversation, for the visitor and the agent who talk. */
export const conversationStream = (conversationId: string): string => `conversation:${conversationId}`

/** The last three are for the product itself, and never told to clients. AccessChanged: the agent was removed, or has
 * other roles. SlotsReleased: a hold was given back. SettingsChanged: the workspace offers slots in another way. */
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

/** Who takes turns was changed, for meetings and for live chats alike. */
export const routingChanged = (payload: { teamId?: string } = {}): NewEvent[] =>
  (['MEETING', 'LIVE_CHAT'] as const).map((kind) => ({
    type: 'RoutingChanged',
    payload: { kind, ...payload },
  }))

/** @param events.at the instant of the change */
export async function appendEvents(
  tx: Transaction,
  { workspaceId, at, events }: { workspaceId: string; at: Date; events: NewEvent[] },
): Promise<void> {
  const rows = byStream(workspaceId, events)
  noteStreams(
    tx,
    rows.map(({ streamId }) => streamId),
  )
  // Streams are locked in a fixed order, so that two transactions never wait for each other.
  await tx.$executeRaw`
    WITH event AS (
      SELECT value->>'streamId' AS "streamId", value->>'type' AS "type", value->'payload' AS "payload",
        row_number() OVER (PARTITION BY value->>'streamId' ORDER BY place DESC) - 1 AS "following"
      FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb)
        WITH ORDINALITY AS given(value, place)
    ), stream AS (
      INSERT INTO "EventStream" ("id", "workspaceId", "head")
      SELECT "streamId", ${workspaceId}::uuid, count(*) FROM event GROUP BY "streamId" ORDER BY "streamId"
      ON CONFLICT ("id") DO UPDATE SET "head" = "EventStream"."head" + excluded."head"
      RETURNING "id", "head"
    ), conversation AS (
      UPDATE "Conversation" c SET "eventCount" = stream."head"
      FROM unnest(${rows.flatMap(({ conversationId }) => conversationId ?? [])}::uuid[]) AS given("id")
      JOIN stream ON stream."id" = 'conversation:' || given."id"
      WHERE c."id" = given."id"
    )
    INSERT INTO "Event" ("streamId", "seq", "workspaceId", "type", "payload", "at")
    SELECT stream."id", stream."head" - event."following", ${workspaceId}::uuid, event."type", event."payload",
      ${at}::timestamptz
    FROM event JOIN stream ON stream."id" = event."streamId"`
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
