// A session as a visitor acts on it, read in the statement that counts the call.
import type { BudgetedCall } from '../../../config/budgets.ts'
import { type DialogueSession, Prisma } from '../../../database/generated/client/client.ts'
import { NotFoundError } from '../../../errors.ts'
import { JOINING_BOOKED } from '../../booking/meetings/booking-card.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import type { VisitorViewer } from '../../identity/viewer.ts'
import { isOver } from './session-rules.ts'
import { type Actor, IS_OF_VISITOR, readActor } from './visitor-facts.ts'

export interface SessionFacts {
  actor: Actor
  session: DialogueSession & { versionId: string }
  /** Whether it cannot be answered any more: it has ended, or the visitor gave no sign for too long, its chat has ended or
   * its dialogue was deleted. */
  isOver: boolean
  /** What an answer to the card that waits has booked; null: nothing. */
  booked: { id: string; inputHash: Uint8Array } | null
}

interface SessionRow extends DialogueSession {
  isDeleted: boolean
  /** null: there is none. */
  isChatOver: boolean | null
  bookedId: string | null
  inputHash: Uint8Array | null
}

/** @param which.calls as what the call counts; left out: as one of a dialogue
 * @throws NotFoundError for a session that is not the visitor's, nor one of its person's other browsers
 * @throws UnauthenticatedError when the visit is over
 * @throws QuotaExceededError */
export async function readSession(
  context: RequestContext,
  viewer: VisitorViewer,
  { sessionId, calls, now }: { sessionId: string; calls?: BudgetedCall[]; now: Date },
): Promise<SessionFacts> {
  const { actor, row } = await readActor<SessionRow>(context, viewer, {
    ...(calls ? { calls } : {}),
    columns: Prisma.sql`, s.*, d."deletedAt" IS NOT NULL AS "isDeleted", c."state" <> 'AUTOMATED' AS "isChatOver",
      booked."outcome" #>> '{}' AS "bookedId", booked."inputHash"`,
    tables: Prisma.sql`
      LEFT JOIN "DialogueSession" s ON s."id" = ${sessionId}::uuid AND ${IS_OF_VISITOR}
      LEFT JOIN "Dialogue" d ON d."id" = s."dialogueId"
      LEFT JOIN "Conversation" c ON c."id" = s."conversationId" ${JOINING_BOOKED}`,
  })
  const { versionId, isDeleted, isChatOver, bookedId, inputHash } = row
  if (row.id === null || versionId === null) throw new NotFoundError('input.sessionId')
  // Nobody may have recorded it yet.
  const endedAt = row.endedAt ?? (isDeleted || isChatOver === true ? now : null)
  return {
    actor,
    session: { ...row, versionId, endedAt },
    isOver: endedAt !== null || isOver(row.seenAt, now),
    booked: bookedId === null || inputHash === null ? null : { id: bookedId, inputHash },
  }
}
