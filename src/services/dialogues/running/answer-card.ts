// A visitor answers a card (docs/semantics.md, section 10).
import type { z } from 'zod'
import type { BudgetedCall } from '../../../config/budgets.ts'
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { ConflictError, InvalidInputError, StepTakenError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireVisitor } from '../../identity/viewer.ts'
import { parseInput } from '../../input.ts'
import { answerCardInput, type MeetingAnswer } from './answer-input.ts'
import { bookCard, isBookedBy, readUnapplied } from './book-card.ts'
import type { CardBooking } from './card-booking.ts'
import { dialogueIsOver, trigger } from './note-trigger.ts'
import { leadsToAgent, planAnswer } from './plan-answer.ts'
import { readVersion } from './published.ts'
import { readSession, type SessionFacts } from './session-facts.ts'
import { type GivenAnswer, judgeAnswer } from './session-rules.ts'
import { isAgentAvailableFor, reportIfCutOff } from './show-from-start.ts'
import { readAnswers } from './transcript.ts'
import { untilWritten } from './until-written.ts'
import { writeAnswer } from './write-answer.ts'

/** Applies an answer to the card that waits. An answer that was given before has no further effect.
 * @returns the session afterwards
 * @throws ForbiddenError unless the viewer is a visitor
 * @throws NotFoundError for a session that is not the visitor's
 * @throws InvalidInputError also for an answer that the card does not take
 * @throws StepTakenError when the step was answered otherwise
 * @throws ConflictError when the card does not wait for an answer, or the session is over
 * @throws UnauthenticatedError, QuotaExceededError */
export async function answerCard(
  context: RequestContext,
  raw: z.input<typeof answerCardInput>,
): Promise<DialogueSession> {
  const viewer = requireVisitor(context.viewer)
  const { sessionId, answer, meeting } = parseInput(answerCardInput, raw)
  return untilWritten(async () => {
    const now = context.clock.now()
    const facts = await readSession(context, viewer, { sessionId, calls: callsOf(answer), now })
    if (isKnown(facts, answer)) return facts.session
    if (facts.session.triggeredAt === null) {
      // Whoever can answer a dialogue sees it.
      await trigger(context, { ...facts, now })
      return null
    }
    const unapplied = await readUnapplied(context, facts, answer)
    if (unapplied !== null) {
      const written = await apply(context, { facts, ...unapplied, now })
      return unapplied.isGiven ? written : null
    }
    if (meeting === null) return apply(context, { facts, answer, now })
    await book(context, { facts, answer, meeting })
    return null
  })
}

/** Says who the visitor is, as far as can be seen before the card is known. */
const callsOf = ({ choice }: GivenAnswer): BudgetedCall[] =>
  'text' in choice && choice.text.includes('@') ? ['dialogues', 'identifications'] : ['dialogues']

async function book(
  context: RequestContext,
  {
    facts: { session, actor },
    answer,
    meeting,
  }: { facts: SessionFacts; answer: GivenAnswer; meeting: MeetingAnswer },
): Promise<void> {
  const { cards } = await readVersion(context.database, session.versionId)
  const card = cards.get(answer.cardKey)
  if (card?.kind === 'MEETING')
    return bookCard(context, { session, card, isNew: actor.person.email === null, ...meeting })
  const message = 'This card takes no meeting.'
  throw new InvalidInputError([{ path: ['input', 'meeting'], code: 'NOT_ALLOWED', message }])
}

/** Applies the answer that has booked what the card that waits has booked, unless that was done meanwhile. */
export async function applyLostBooking(context: RequestContext, sessionId: string): Promise<void> {
  const viewer = requireVisitor(context.viewer)
  const now = context.clock.now()
  const facts = await readSession(context, viewer, { sessionId, now })
  const unapplied = await readUnapplied(context, facts, null)
  if (unapplied !== null) await apply(context, { facts, ...unapplied, now })
}

/** @returns whether the answer was given before
 * @throws StepTakenError, ConflictError when it cannot be given */
export function isKnown(
  { session, isOver }: Pick<SessionFacts, 'session' | 'isOver'>,
  answer: GivenAnswer,
): boolean {
  const { step, pendingCard } = session
  const answers = readAnswers(session.answers)
  // Another tab has applied it, as it knows only what was booked.
  if (answers.some((one) => one.step === answer.step && isBookedBy(one, answer.choice))) return true
  switch (judgeAnswer({ step, pendingCard, answers, isOver }, answer)) {
    case 'KNOWN':
      return true
    case 'APPLY':
      return false
    case 'KEY_REUSED':
      throw new ConflictError('KEY_REUSED', 'This key was used before with another answer.')
    case 'STEP_TAKEN':
      throw new StepTakenError(session)
    case 'OVER':
      throw dialogueIsOver()
    case 'NOT_PENDING':
      throw new ConflictError('CARD_NOT_PENDING', 'This card does not wait for an answer.')
  }
}

/** @throws OutdatedError when another tab was faster */
async function apply(
  context: RequestContext,
  {
    facts,
    answer,
    booking = null,
    bookedBy = null,
    now,
  }: {
    facts: SessionFacts
    answer: GivenAnswer
    booking?: CardBooking | null
    bookedBy?: string | null
    now: Date
  },
): Promise<DialogueSession> {
  const { actor, session } = facts
  const program = await readVersion(context.database, session.versionId)
  const isAgentAvailable = await isAgentAvailableFor(context, program)
  const planned = planAnswer({ ...actor, program, answer, booking, isAgentAvailable, now })
  const { workspaceId } = actor
  if (leadsToAgent(planned.walked)) await spendBudgets(context, { workspaceId, calls: ['chatRequests'] })
  reportIfCutOff(context, planned.walked, session)
  return writeAnswer(context, { facts, program, answer, planned, bookedBy, now })
}
