// An answer that books a meeting claims its step in the transaction of the booking: no other answer is applied to the step
// then, and the session stays in its version, whether or not the answer of the booking is applied at once.
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { OutdatedError } from './until-written.ts'

/** @param claim.session as it was read
 * @param claim.isNew whether nothing was known of the visitor before
 * @throws OutdatedError when its card does not wait any more */
export async function claimStep(
  tx: Transaction,
  { session, isNew }: { session: DialogueSession; isNew: boolean },
): Promise<void> {
  const { id, step, pendingCard, versionId } = session
  noteLocks(tx, 'dialogue session', [id])
  const claimed = await tx.$executeRaw`
    UPDATE "DialogueSession" s SET "bookedStep" = s."step", "bookedAsNew" = ${isNew}::boolean
    WHERE s."id" = ${id}::uuid AND s."step" = ${step}::int AND s."pendingCard" = ${pendingCard}::text
      AND s."versionId" = ${versionId}::uuid AND s."endedAt" IS NULL AND s."bookedStep" IS DISTINCT FROM s."step"`
  if (claimed === 0) throw new OutdatedError()
}

/** What was booked does not exist any more, so that the step can be taken again. */
export async function releaseStep(
  database: Database,
  { id, step }: Pick<DialogueSession, 'id' | 'step'>,
): Promise<void> {
  await database.$executeRaw`
    WITH released AS (
      UPDATE "DialogueSession" SET "bookedStep" = NULL
      WHERE "id" = ${id}::uuid AND "step" = ${step}::int AND "bookedStep" = ${step}::int
      RETURNING "id", "workspaceId", "visitorId"
    )
    DELETE FROM "IdempotencyKey" k USING released r
    WHERE k."workspaceId" = r."workspaceId" AND k."caller" = 'visitor:' || r."visitorId" || ' dialogue'
      AND k."key" = r."id" || ' ' || ${step}::int`
}
