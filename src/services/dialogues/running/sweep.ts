// Records which sessions are over, on every node. Nothing depends on when it does (see end-session.ts).
import type { Database } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { repeatedly } from '../../repeatedly.ts'
import { SECOND } from '../../time.ts'
import { endSession } from './end-session.ts'
import { overSince } from './session-rules.ts'

const SWEEP_EVERY_MS = 15 * SECOND
/** One sweep reads no more sessions than this; the next sweep reads the rest. */
const BATCH_SIZE = 500

/** @param isAlive whether conclusions may be drawn from the clock; a sweep is skipped otherwise
 * @returns stop, which resolves once the current sweep has ended */
export function startDialogueSweep(services: Services, isAlive: () => Promise<boolean>): () => Promise<void> {
  const sweep = async () => {
    if (await isAlive()) await sweepDialogues(services)
  }
  return repeatedly(sweep, { everyMs: SWEEP_EVERY_MS, onError: services.onError })
}

/** A failure is reported and does not hold up the rest. */
export async function sweepDialogues(services: Services): Promise<void> {
  const { database, clock, onError } = services
  for (const id of await readDueSessions(database, clock.now())) await endSession(services, id).catch(onError)
}

/** @returns the sessions without a sign of their visitor, and those of dialogues that were deleted; and those that have
 * ended and whose conversation has not, or in which the answer of a booking is yet to be applied */
async function readDueSessions(database: Database, now: Date): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    (
      SELECT "id" FROM "DialogueSession"
      WHERE "endedAt" IS NULL AND "seenAt" <= ${overSince(now)}::timestamptz ORDER BY "seenAt" LIMIT ${BATCH_SIZE}
    ) UNION (
      SELECT s."id" FROM "Conversation" c JOIN "DialogueSession" s ON s."conversationId" = c."id"
      WHERE c."state" = 'AUTOMATED' AND s."endedAt" IS NOT NULL LIMIT ${BATCH_SIZE}
    ) UNION (
      SELECT s."id" FROM "Dialogue" d JOIN "DialogueSession" s ON s."dialogueId" = d."id"
      WHERE d."deletedAt" > ${overSince(now)}::timestamptz AND s."endedAt" IS NULL LIMIT ${BATCH_SIZE}
    ) UNION (
      SELECT "id" FROM "DialogueSession"
      WHERE "bookedStep" = "step" AND "endedAt" IS NOT NULL AND "pendingCard" IS NOT NULL LIMIT ${BATCH_SIZE}
    )`
  return rows.map(({ id }) => id)
}
