// When a session of a dialogue is over, and what becomes of an answer. Pure.
import { MINUTE } from '../../time.ts'

/** How long a session lasts without a sign of its visitor. So does the visit within which events count once. */
export const SESSION_LASTS_MS = 30 * MINUTE

/** A session in which so many cards were answered ends, so that cards that lead back to each other do not fill the
 * database. */
export const MAX_ANSWERS_OF_SESSION = 500

/** The last sign of a session that is just over at an instant. */
export function overSince(now: Date): Date {
  return new Date(now.getTime() - SESSION_LASTS_MS)
}

/** @param seenAt the last sign of the visitor; null: none so far */
export function isOver(seenAt: Date | null, now: Date): boolean {
  return seenAt === null || seenAt <= overSince(now)
}

/** A slot that a visitor holds, or the start of a free one, in RFC 3339. */
export type MeetingChoice = { holdId: string } | { startsAt: string }

/** What a visitor answered: the key of an option, a text, or a meeting. */
export type Choice = { answerKey: string } | { text: string } | { meeting: MeetingChoice }

export interface GivenAnswer {
  step: number
  cardKey: string
  /** The client's key of the answer: a retry with it is the same answer. */
  clientKey: string
  choice: Choice
}

/** An answer that was applied, as the session stores it. */
export interface StoredAnswer extends GivenAnswer {
  /** An instant in RFC 3339. */
  at: string
  /** The id of the meeting that it booked, or of the request if the visitor has yet to confirm it. */
  bookedId?: string
  /** By whose choice, as a hash. */
  bookedBy?: string
}

/** APPLY: it is the next one. KNOWN: it was given before. The others say why it is refused. */
export type Judgement = 'APPLY' | 'KNOWN' | 'KEY_REUSED' | 'STEP_TAKEN' | 'NOT_PENDING' | 'OVER'

/** @param session.isOver whether it cannot be answered any more */
export function judgeAnswer(
  session: { step: number; pendingCard: string | null; answers: StoredAnswer[]; isOver: boolean },
  given: GivenAnswer,
): Judgement {
  const { step, pendingCard, answers } = session
  const repeated = answers.find(({ clientKey }) => clientKey === given.clientKey)
  if (repeated) return isSame(repeated, given) ? 'KNOWN' : 'KEY_REUSED'
  const taken = answers.find((answer) => answer.step === given.step)
  if (taken) return isSame(taken, given) ? 'KNOWN' : 'STEP_TAKEN'
  if (session.isOver) return 'OVER'
  return given.step === step && given.cardKey === pendingCard ? 'APPLY' : 'NOT_PENDING'
}

const isSame = (one: GivenAnswer, other: GivenAnswer) =>
  one.step === other.step && one.cardKey === other.cardKey && keyOf(one.choice) === keyOf(other.choice)

function keyOf(choice: Choice): string {
  if ('answerKey' in choice) return `answer ${choice.answerKey}`
  if ('text' in choice) return `text ${choice.text.trim()}`
  const { meeting } = choice
  return 'holdId' in meeting ? `hold ${meeting.holdId}` : `start ${meeting.startsAt}`
}
