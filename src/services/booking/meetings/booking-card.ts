// A meeting that a card of a dialogue books, once for each step of the session: in its own transaction, before the answer
// is applied. After a crash in between, the key of the call says what was booked.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { hasInput, type IdempotentCall } from '../../idempotency.ts'

/** The card that books. */
export interface BookingCard {
  sessionId: string
  /** Whose the session is: a verified person can go on with it in another browser. */
  visitorId: string
  /** How many cards were answered before. */
  step: number
  /** As the client sent it. */
  answer: unknown
  /** Called before the time is taken: prevents the card from being answered otherwise once the meeting is booked. Throws
   * if it does not wait any more. */
  claim: (tx: Transaction) => Promise<void>
}

const OPERATION = 'answerCard'

/** Keys of dialogues are apart from those that the visitor's client chooses. */
export const cardCaller = (caller: string): string => `${caller} dialogue`

export function callOfCard({
  sessionId,
  visitorId,
  step,
  answer,
}: Omit<BookingCard, 'claim'>): Pick<IdempotentCall, 'caller' | 'key' | 'operation' | 'input'> {
  return {
    caller: cardCaller(`visitor:${visitorId}`),
    key: `${sessionId} ${step}`,
    operation: OPERATION,
    input: answer,
  }
}

const IS_OF_STEP = Prisma.sql`booked."workspaceId" = s."workspaceId"
  AND booked."caller" = 'visitor:' || s."visitorId" || ' dialogue' AND booked."key" = s."id" || ' ' || s."step"`

/** Joins what was booked at their present step to sessions `s`, as `booked`: an "IdempotencyKey". */
export const JOINING_BOOKED = Prisma.sql`LEFT JOIN "IdempotencyKey" booked ON ${IS_OF_STEP}`

/** @param inputHash of the row that `JOINING_BOOKED` joins
 * @returns whether this answer booked it */
export const wasBookedBy = (inputHash: Uint8Array, answer: unknown): boolean =>
  hasInput(inputHash, { operation: OPERATION, input: answer })
