// A visitor answers a card (docs/semantics.md, section 10).
import { z } from 'zod'
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { ConflictError, StepTakenError } from '../../../errors.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireVisitor } from '../../identity/viewer.ts'
import { fault, MAX_KEY_LENGTH, opaque, parseInput, text } from '../../input.ts'
import { dialogueIsOver, trigger } from './note-trigger.ts'
import { isEmail, planAnswer } from './plan-answer.ts'
import { readVersion } from './published.ts'
import { readSession, type SessionFacts } from './session-facts.ts'
import { type GivenAnswer, judgeAnswer } from './session-rules.ts'
import { isAgentAvailableFor, reportIfCutOff } from './show-from-start.ts'
import { readAnswers } from './transcript.ts'
import { untilWritten } from './until-written.ts'
import { writeAnswer } from './write-answer.ts'

/** Of a text that answers a card. */
export const MAX_ANSWER_LENGTH = 4000
/** Of the key of a card or of one of its options. */
const MAX_CARD_KEY_LENGTH = 2000

const cardKey = opaque(MAX_CARD_KEY_LENGTH)

const answerCardInput = z
  .object({
    sessionId: z.string(),
    step: z.number().int().min(0, 'Must be at least 0.'),
    cardKey,
    answerKey: cardKey.nullish(),
    text: text(MAX_ANSWER_LENGTH).nullish(),
    clientKey: opaque(MAX_KEY_LENGTH),
  })
  .transform(({ sessionId, answerKey, text, ...rest }, check): { sessionId: string; answer: GivenAnswer } => {
    const choices = [
      ...(typeof answerKey === 'string' ? [{ answerKey }] : []),
      ...(typeof text === 'string' ? [{ text }] : []),
    ]
    const [choice] = choices
    if (choice !== undefined && choices.length === 1) return { sessionId, answer: { ...rest, choice } }
    const code = choice === undefined ? 'REQUIRED' : 'CONFLICTING'
    check.addIssue({
      code: 'custom',
      path: ['answerKey'],
      ...fault(code, 'Give either `answerKey` or `text`.'),
    })
    return z.NEVER
  })

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
  const { sessionId, answer } = parseInput(answerCardInput, raw)
  return untilWritten(async () => {
    const now = context.clock.now()
    const facts = await readSession(context, viewer, { sessionId, now })
    if (isKnown(facts, answer)) return facts.session
    if (facts.session.triggeredAt !== null) return apply(context, { facts, answer, now })
    // Whoever can answer a dialogue sees it.
    await trigger(context, { ...facts, now })
    return null
  })
}

/** @returns whether the answer was given before
 * @throws StepTakenError, ConflictError when it cannot be given */
export function isKnown(
  { session, isOver }: Pick<SessionFacts, 'session' | 'isOver'>,
  answer: GivenAnswer,
): boolean {
  const { step, pendingCard, answers } = session
  switch (judgeAnswer({ step, pendingCard, answers: readAnswers(answers), isOver }, answer)) {
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
  { facts, answer, now }: { facts: SessionFacts; answer: GivenAnswer; now: Date },
): Promise<DialogueSession> {
  const { actor, session } = facts
  const program = await readVersion(context.database, session.versionId)
  const isAgentAvailable = await isAgentAvailableFor(context, program)
  const planned = planAnswer({ ...actor, program, answer, isAgentAvailable, now })
  const { workspaceId } = actor
  if (planned.sayings.some(isEmail)) await spendBudgets(context, { workspaceId, calls: ['identifications'] })
  reportIfCutOff(context, planned.walked, session)
  return writeAnswer(context, { facts, program, answer, planned, now })
}
