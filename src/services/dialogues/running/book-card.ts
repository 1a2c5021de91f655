// A meeting card books in place: first the meeting, in its own transaction and once for the step, then its answer. If the
// second is lost, for example because the node is killed, the next call of the visitor applies it.
import type { DialogueSession } from '../../../database/generated/client/client.ts'
import { ConflictError, type InputIssue, InvalidInputError, NotFoundError } from '../../../errors.ts'
import { bookMeeting } from '../../booking/meetings/book-meeting.ts'
import { wasBookedBy } from '../../booking/meetings/booking-card.ts'
import { noAgentAvailable } from '../../booking/reservations/refusal.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import type { PersonInput } from '../../people/person-input.ts'
import type { MeetingCard } from '../definition/draft.ts'
import { type CardBooking, readCardBooking } from './card-booking.ts'
import { claimStep, releaseStep } from './claim-step.ts'
import type { SessionFacts } from './session-facts.ts'
import type { Choice, GivenAnswer, MeetingChoice, StoredAnswer } from './session-rules.ts'
import { OutdatedError } from './until-written.ts'

/** What a visitor says of the meeting, besides its time. */
export interface MeetingDetails {
  endsAt: Date | null
  timeZone: string
  agenda: string | null
  person: PersonInput | null
}

/** Books the meeting, unless another answer of the step has booked one.
 * @param booking.isNew whether nothing was known of the visitor before
 * @throws OutdatedError when the card was answered otherwise meanwhile, or is another one
 * @throws SlotUnavailableError, NoAgentAvailableError, NotFoundError (a hold that the visitor does not have)
 * @throws ForbiddenError for an e-mail address that is blocked
 * @throws InvalidInputError, QuotaExceededError */
export async function bookCard(
  context: RequestContext,
  booking: {
    session: DialogueSession
    card: Pick<MeetingCard<unknown>, 'routing'>
    isNew: boolean
    choice: MeetingChoice
    details: MeetingDetails
  },
): Promise<void> {
  const { session, card, isNew, choice, details } = booking
  const { id: sessionId, workspaceId, step, conversationId, pageUrl } = session
  const { endsAt, ...rest } = details
  const free = {
    target: card.routing,
    ...('startsAt' in choice ? choice : {}),
    endsAt: endsAt?.toISOString(),
  }
  const slot = 'holdId' in choice ? choice : { free: { startsAt: '', ...free } }
  // Sessions of visitors have a visitor.
  const visitorId = session.visitorId ?? ''
  try {
    await bookMeeting(
      context,
      { slot, conversationId, pageUrl, ...rest, idempotencyKey: null },
      { sessionId, visitorId, step, answer: choice, claim: (tx) => claimStep(tx, { session, isNew }) },
    )
  } catch (error) {
    // Another tab was faster.
    if (error instanceof ConflictError && error.reason === 'KEY_REUSED') return
    throw await asOfAnswer(context, error, workspaceId)
  }
}

/** What was booked by an answer to the card that waits, and is yet to be applied. */
export interface UnappliedBooking {
  booking: CardBooking
  answer: GivenAnswer
  /** Whether it is the given answer. */
  isGiven: boolean
  /** What `isBookedBy` goes by. */
  bookedBy: string
}

/** @param given the answer that comes now; null: none does
 * @returns null when nothing was booked
 * @throws OutdatedError when it does not exist any more: the card can be answered again */
export async function readUnapplied(
  { database }: Pick<RequestContext, 'database'>,
  { session, booked, isOver }: SessionFacts,
  given: GivenAnswer | null,
): Promise<UnappliedBooking | null> {
  const { id, step, pendingCard: cardKey } = session
  if (session.bookedStep !== step || cardKey === null || isOver) return null
  const booking = booked && (await readCardBooking(database, booked.id))
  if (booked === null || booking === null) {
    await releaseStep(database, { id, step })
    throw new OutdatedError()
  }
  const bookedBy = Buffer.from(booked.inputHash).toString('hex')
  const isGiven = given !== null && wasBookedBy(booked.inputHash, meetingOf(given.choice))
  if (isGiven) return { booking, answer: given, isGiven, bookedBy }
  const choice = { meeting: { startsAt: booking.startsAt.toISOString() } }
  return { booking, answer: { step, cardKey, clientKey: `booked ${booking.id}`, choice }, isGiven, bookedBy }
}

/** @param stored an answer that was applied
 * @returns whether a choice is the one that booked what the answer has, in whatever words */
export const isBookedBy = ({ bookedBy }: StoredAnswer, choice: Choice): boolean =>
  bookedBy !== undefined && wasBookedBy(Buffer.from(bookedBy, 'hex'), meetingOf(choice))

const meetingOf = (choice: Choice): MeetingChoice | null => ('meeting' in choice ? choice.meeting : null)

/** @returns the error with the places of the arguments of `answerCard` */
async function asOfAnswer(context: RequestContext, error: unknown, workspaceId: string): Promise<unknown> {
  if (error instanceof InvalidInputError) return new InvalidInputError(error.issues.map(inMeeting))
  if (!(error instanceof NotFoundError)) return error
  if (error.argument.at(-1) === 'holdId') return new NotFoundError('input.meeting.holdId')
  // The agent or the team of the card was removed.
  return noAgentAvailable(context, { workspaceId })
}

function inMeeting({ path, ...issue }: InputIssue): InputIssue {
  const inside = path.slice(1).filter((name) => name !== 'slot' && name !== 'free')
  return { ...issue, path: ['input', 'meeting', ...inside] }
}
