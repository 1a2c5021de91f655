// The conversation of a dialogue, which agents see: from the first answer on, everything that was shown and said is in it.
import { v7 as uuidv7 } from 'uuid'
import { Prisma } from '../../../database/generated/client/client.ts'
import { type Claim, claimToJson } from '../../people/claim.ts'
import { messageTextOf, type TranscriptEntry } from './transcript.ts'

export interface ChatMessage {
  id: string
  author: 'BOT' | 'VISITOR'
  text: string
  /** An instant in RFC 3339. */
  at: string
  /** Of an answer: see `Message`. */
  sender: string | null
  clientKey: string | null
}

/** @param of.sender of the answers among the entries, and its client's key */
export function toMessages(
  entries: TranscriptEntry[],
  { sender, clientKey }: { sender: string; clientKey: string },
): ChatMessage[] {
  return entries.flatMap((entry) => {
    const text = messageTextOf(entry)
    if (text === '') return []
    const { author, at } = entry
    const key = author === 'VISITOR' ? { sender, clientKey } : { sender: null, clientKey: null }
    return [{ id: uuidv7(), author, text, at, ...key }]
  })
}

/** AUTOMATED while the dialogue goes on. */
type DialogueChatState = 'AUTOMATED' | 'ENDED'

export interface NewDialogueChat {
  id: string
  workspaceId: string
  personId: string
  visitorId: string
  dialogueId: string
  verified: boolean
  claimed: Claim | null
  state: DialogueChatState
  pageUrl: string | null
  clientNetwork: string | null
  messages: ChatMessage[]
  now: Date
}

/** Begins a conversation that has messages, as a CTE `conversation` of a statement, without the WITH. Nobody can have
 * subscribed to it, so that its first messages are no events. */
export function beginningDialogueChat(chat: NewDialogueChat): Prisma.Sql {
  const { id, workspaceId, personId, visitorId, dialogueId, verified, state, pageUrl, clientNetwork, now } =
    chat
  const count = chat.messages.length
  const at = Prisma.sql`${now}::timestamptz`
  return Prisma.sql`
    conversation AS (
      INSERT INTO "Conversation" ("id", "workspaceId", "personId", "visitorId", "dialogueId", "verified", "claimed", "state",
        "target", "pageUrl", "clientNetwork", "requestedAt", "lastMessageAt", "lastActiveAt", "endedAt", "messageCount", "readByVisitor")
      VALUES (${id}::uuid, ${workspaceId}::uuid, ${personId}::uuid, ${visitorId}::uuid, ${dialogueId}::uuid, ${verified}::boolean,
        ${claimToJson(chat.claimed)}::jsonb, ${state}::"ConversationState", '{"roundRobin": true}', ${pageUrl}::text,
        ${clientNetwork}::text, ${at}, ${at}, ${at}, ${state === 'ENDED' ? at : Prisma.sql`NULL`}, ${count}::int, ${count}::int)
      RETURNING "id", "messageCount", NULL::timestamptz AS "sentAt"
    )`
}

/** Goes on with the conversation, which must be AUTOMATED, as a CTE `conversation` of a statement, without the WITH. It
 * locks the conversation. */
export function continuingDialogueChat(chat: {
  id: string
  state: DialogueChatState
  messages: ChatMessage[]
  now: Date
}): Prisma.Sql {
  const { id, state, messages, now } = chat
  // Nodes' clocks differ: the time never goes back.
  const at = Prisma.sql`greatest(${now}::timestamptz, "lastActiveAt")`
  const count = Prisma.sql`"messageCount" + ${messages.length}::int`
  return Prisma.sql`
    conversation AS (
      UPDATE "Conversation" SET "messageCount" = ${count}, "readByVisitor" = ${count}, "lastMessageAt" = ${at},
        "lastActiveAt" = ${at}, "state" = ${state}::"ConversationState", "endedAt" = ${state === 'ENDED' ? at : Prisma.sql`NULL`}
      WHERE "id" = ${id}::uuid AND "state" = 'AUTOMATED'
      RETURNING "id", "messageCount", "lastActiveAt" AS "sentAt"
    )`
}

/** Inserts the messages of a conversation that `conversation` has counted, as a CTE `message`. It depends on a CTE
 * `session`, which has taken the answer: one that was taken before would be refused for its client's key. */
export function insertingMessages(of: { workspaceId: string; messages: ChatMessage[] }): Prisma.Sql {
  return Prisma.sql`
    message AS (
      INSERT INTO "Message" ("id", "workspaceId", "conversationId", "seq", "author", "text", "sentAt", "sender", "clientKey")
      SELECT given."id", ${of.workspaceId}::uuid, conversation."id",
        conversation."messageCount" - ${of.messages.length}::int + given."place", given."author", given."text",
        coalesce(conversation."sentAt", given."at"),
        given."sender", given."clientKey"
      FROM conversation, session, ROWS FROM (
        jsonb_to_recordset(${JSON.stringify(of.messages)}::jsonb)
          AS ("id" uuid, "author" "Author", "text" text, "at" timestamptz, "sender" text, "clientKey" text)
      ) WITH ORDINALITY AS given("id", "author", "text", "at", "sender", "clientKey", "place")
    )`
}
