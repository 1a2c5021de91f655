// Records that a session is over, because its visitor gave no sign for too long, its chat has ended or its dialogue was
// deleted. Nothing depends on it: whether a session is over follows from the clock and the rows.
import { Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations } from '../../../database/locks.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { participantsUpdated } from '../../events/new-events.ts'
import { runTransaction } from '../../transaction.ts'
import { overSince } from './session-rules.ts'
import { settleBooking } from './settle-booking.ts'

/** A condition on sessions `s` of dialogues `d` with conversations `c`. */
export const isStale = (now: Date) => Prisma.sql`(
  s."seenAt" <= ${overSince(now)}::timestamptz OR d."deletedAt" IS NOT NULL OR c."state" <> 'AUTOMATED'
)`

/** Has no effect on a session that is not over. What was booked in it is kept. The conversation of one that was not completed is TIMED_OUT. */
export async function endSession(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const [chat] = await lockConversations(
      tx,
      Prisma.sql`"id" = (SELECT "conversationId" FROM "DialogueSession" WHERE "id" = ${id}::uuid) AND "endedAt" IS NULL`,
    )
    const ended = await tx.$executeRaw`
      UPDATE "DialogueSession" s SET "endedAt" = coalesce(s."endedAt", ${now}::timestamptz)
      FROM "DialogueSession" o JOIN "Dialogue" d ON d."id" = o."dialogueId"
      LEFT JOIN "Conversation" c ON c."id" = o."conversationId"
      WHERE s."id" = ${id}::uuid AND o."id" = s."id" AND (s."endedAt" IS NOT NULL OR ${isStale(now)})`
    if (ended === 0 || chat?.state !== 'AUTOMATED') return
    await tx.conversation.update({ where: { id: chat.id }, data: { state: 'TIMED_OUT', endedAt: now } })
    await appendEvents(tx, { workspaceId: chat.workspaceId, at: now, events: [participantsUpdated(chat)] })
  })
  await settleBooking(services, id)
}
