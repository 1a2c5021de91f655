// A meeting that was booked in a session which was over before the answer was applied: the answer is kept with the
// session and counts, and nothing follows it.
import { Prisma } from '../../../database/generated/client/client.ts'
import { JOINING_BOOKED } from '../../booking/meetings/booking-card.ts'
import type { Services } from '../../context.ts'
import { countBooked, countOnce, insertingCounts } from '../counts/counting.ts'
import { type CardBooking, describeBooking, readCardBooking } from './card-booking.ts'
import { releaseStep } from './claim-step.ts'
import { linkBooking } from './link-booking.ts'
import type { StoredAnswer } from './session-rules.ts'
import type { TranscriptEntry } from './transcript.ts'

interface Unsettled {
  id: string
  workspaceId: string
  dialogueId: string
  step: number
  pendingCard: string
  conversationId: string | null
  bookedAsNew: boolean
  bookedId: string | null
  inputHash: Uint8Array | null
}

/** Has no effect on a session that is not recorded as over, nor on one whose answers are all applied. */
export async function settleBooking(services: Services, id: string): Promise<void> {
  const { database } = services
  const [session] = await database.$queryRaw<Unsettled[]>`
    SELECT s."id", s."workspaceId", s."dialogueId", s."step", s."pendingCard", s."conversationId", s."bookedAsNew",
      booked."outcome" #>> '{}' AS "bookedId", booked."inputHash"
    FROM "DialogueSession" s ${JOINING_BOOKED}
    WHERE s."id" = ${id}::uuid AND s."bookedStep" = s."step" AND s."endedAt" IS NOT NULL AND s."pendingCard" IS NOT NULL`
  if (session === undefined) return
  const { bookedId, inputHash, conversationId } = session
  const booking = bookedId === null ? null : await readCardBooking(database, bookedId)
  if (booking === null || inputHash === null) return releaseStep(database, session)
  const bookedBy = Buffer.from(inputHash).toString('hex')
  await writeSettled(services, { ...session, booking, bookedBy })
  if (conversationId !== null) await linkBooking(database, { ...booking, conversationId })
}

async function writeSettled(
  { database, clock }: Services,
  session: Unsettled & { booking: CardBooking; bookedBy: string },
): Promise<void> {
  const { id, step, pendingCard: cardKey, booking, bookedBy, bookedAsNew } = session
  const now = clock.now()
  const of = { cardKey, at: now.toISOString(), bookedId: booking.id }
  const choice = { meeting: { startsAt: booking.startsAt.toISOString() } }
  const answer: StoredAnswer = { ...of, step, clientKey: `booked ${booking.id}`, choice, bookedBy }
  const entry: TranscriptEntry = { ...of, author: 'VISITOR', text: describeBooking(booking) }
  const counts = [
    ...(bookedAsNew ? [countOnce('PERSON_ACQUIRED')] : []),
    ...(booking.isUnconfirmed ? [] : [countBooked(id, answer)]),
  ]
  const counted = { ...session, counts, known: true, at: now, from: Prisma.sql`visitor` }
  await database.$executeRaw`
    WITH session AS (
      UPDATE "DialogueSession" s SET "step" = s."step" + 1, "pendingCard" = NULL,
        "engagedAt" = coalesce(s."engagedAt", ${now}::timestamptz),
        "answers" = s."answers" || ${JSON.stringify([answer])}::jsonb,
        "transcript" = s."transcript" || ${JSON.stringify([entry])}::jsonb
      WHERE s."id" = ${id}::uuid AND s."step" = ${step}::int AND s."endedAt" IS NOT NULL
      RETURNING s."id", s."visitorId"
    ), visitor AS (
      SELECT v."id", coalesce(v."sessionId", session."id") AS "sessionId"
      FROM session JOIN "Visitor" v ON v."id" = session."visitorId"
    ) ${insertingCounts(counted)}`
}
