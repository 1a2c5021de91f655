// Writes a new conversation in the statement that also writes the outcome of the request, so that no reader sees it
// without one.
import { v7 as uuidv7 } from 'uuid'
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import type { RoutingTarget } from '../../routing/pool.ts'

/** The message that a visitor sends with the request. */
export interface FirstMessage {
  id: string
  text: string
}

/** @returns the conversation that a visitor's request begins, as it will be in the database */
export function newConversation(
  given: Pick<
    Conversation,
    'workspaceId' | 'personId' | 'visitorId' | 'verified' | 'claimed' | 'pageUrl' | 'clientNetwork'
  > & {
    target: RoutingTarget
  },
  { message, now }: { message: FirstMessage | null; now: Date },
): Conversation {
  const messageCount = message === null ? 0 : 1
  return {
    ...given,
    id: uuidv7(),
    state: 'REQUESTED',
    agentId: null,
    score: null,
    idleWarnedFor: null,
    requestedAt: now,
    acceptedAt: null,
    endedAt: null,
    endedById: null,
    lastMessageAt: now,
    lastActiveAt: now,
    waitUntil: null,
    waitPlace: null,
    messageCount,
    readByVisitor: messageCount,
    readByAgent: 0,
    agentGoneAt: null,
    visitorGoneAt: null,
    noticedMessages: 0,
    noticedAt: null,
    clearedAt: null,
    dialogueId: null,
    // One event for the message, and one for the outcome of the request.
    eventCount: messageCount + 1,
  }
}

/** Inserts a new conversation with its first message, as CTEs of a statement, without the WITH.
 * @param onlyIf a condition, which may refer to CTEs that stand before */
export function beginningConversation(
  { conversation, message }: { conversation: Conversation; message: FirstMessage | null },
  onlyIf = Prisma.sql`true`,
): Prisma.Sql {
  const { id, workspaceId, personId, visitorId, verified, state, target, pageUrl, endedAt } = conversation
  const claimed = conversation.claimed === null ? null : JSON.stringify(conversation.claimed)
  const { clientNetwork, requestedAt, waitUntil, waitPlace, messageCount, eventCount } = conversation
  return Prisma.sql`
    conversation AS (
      INSERT INTO "Conversation" ("id", "workspaceId", "personId", "visitorId", "verified", "claimed", "state", "target", "pageUrl",
        "clientNetwork", "requestedAt", "lastMessageAt", "endedAt", "lastActiveAt", "waitUntil", "waitPlace", "messageCount", "readByVisitor", "eventCount")
      SELECT ${id}::uuid, ${workspaceId}::uuid, ${personId}::uuid, ${visitorId}::uuid, ${verified}::boolean, ${claimed}::jsonb, ${state}::"ConversationState",
        ${JSON.stringify(target)}::jsonb, ${pageUrl}::text, ${clientNetwork}::text, ${requestedAt}::timestamptz, ${requestedAt}::timestamptz, ${endedAt}::timestamptz,
        ${requestedAt}::timestamptz, ${waitUntil}::timestamptz, ${waitPlace}::int, ${messageCount}::int,
        ${messageCount}::int, ${eventCount}::int
      WHERE ${onlyIf}
    ), message AS (
      INSERT INTO "Message" ("id", "workspaceId", "conversationId", "seq", "author", "text", "sentAt")
      SELECT ${message?.id ?? null}::uuid, ${workspaceId}::uuid, ${id}::uuid, 1, 'VISITOR', ${message?.text ?? null}::text,
        ${requestedAt}::timestamptz
      WHERE ${messageCount}::int = 1 AND ${onlyIf}
    )`
}
