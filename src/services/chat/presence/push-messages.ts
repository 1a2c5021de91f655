// Notifies agents by push of the messages that visitors wrote while the agent had no console (docs/semantics.md, section
// 6). One notice covers all messages of a chat that have come since the last one. The sweep finds them, so that sending a
// message costs nothing more.
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { enlistChatNotices } from '../../notifications/push/chat-notice.ts'
import { leaseCounts } from '../../presence/lease-counts.ts'
import { SECOND } from '../../time.ts'
import { ifStillDue } from '../conversation/if-still-due.ts'

/** The agent gets notices about the messages of one chat at most this often. */
export const MESSAGE_NOTICE_EVERY_MS = 10 * SECOND
/** A message that came while the console was open is part of a notice only when the console has been gone for so long:
 * a console that is reloaded shows it again. */
const RELOAD_MS = 5 * SECOND

/** @param which.id left out: any chat
 * @returns the ids of active chats with messages that their agent has neither seen nor been notified of */
export async function readUnseenMessages(
  database: Database | Transaction,
  { now, limit, id = null }: { now: Date; limit: number; id?: string | null },
): Promise<string[]> {
  const noticeBefore = new Date(now.getTime() - MESSAGE_NOTICE_EVERY_MS)
  const goneSince = new Date(now.getTime() - RELOAD_MS)
  // Few agents have no console, so their chats are selected first: the messages of the others are not read.
  const rows = await database.$queryRaw<{ id: string }[]>`
    WITH c AS MATERIALIZED (
      SELECT "id", "agentId", greatest("readByAgent", "noticedMessages") AS "known" FROM "Conversation"
      WHERE "state" = 'ACTIVE' AND (${id}::uuid IS NULL OR "id" = ${id}::uuid)
        AND "messageCount" > greatest("readByAgent", "noticedMessages")
        AND ("noticedAt" IS NULL OR "noticedAt" <= ${noticeBefore}::timestamptz)
        AND "agentId" IN (SELECT "agentId" FROM "PushSubscription")
        AND NOT EXISTS (
          SELECT FROM "ConsoleLease" lease
          WHERE lease."agentId" = "Conversation"."agentId" AND ${leaseCounts({ now, goneForMs: 0 })}
        )
    )
    SELECT c."id" FROM c
    CROSS JOIN LATERAL (
      SELECT m."sentAt" FROM "Message" m
      WHERE m."conversationId" = c."id" AND m."author" = 'VISITOR' AND m."seq" > c."known"
      ORDER BY m."seq" DESC LIMIT 1
    ) last
    WHERE NOT EXISTS (
      SELECT FROM "ConsoleLease" lease
      WHERE lease."agentId" = c."agentId" AND lease."expiresAt" > greatest(last."sentAt", ${goneSince}::timestamptz)
    )
    ORDER BY c."id" LIMIT ${limit}`
  return rows.map((row) => row.id)
}

/** Dispatches one notice about all of them. Has no effect when there are none. */
export async function pushUnseenMessages(services: Services, id: string): Promise<void> {
  await ifStillDue(services, { id, readDue: readUnseenMessages }, async ({ tx, conversation, now }) => {
    const data = { noticedMessages: conversation.messageCount, noticedAt: now }
    await tx.conversation.update({ where: { id }, data })
    await enlistChatNotices(services, { tx, conversation, kind: 'CHAT_MESSAGES' })
  })
}
