// Books a meeting at a time or from a hold. One transaction takes the turn and the time, creates the meeting, writes
// its events and enlists the work for mail and calendar; or reserves the time until the visitor confirms the booking. A booking in a chat is also published to the chat.
import { z } from 'zod'
import type { Meeting, MeetingRequest } from '../../../database/generated/client/client.ts'
import { lockCallers } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, isProven, requireSignedIn, type SignedInViewer } from '../../identity/viewer.ts'
import { fault, idempotencyKey, instant, parseInput, text, timeZone, webUrl } from '../../input.ts'
import { personInput } from '../../people/person-input.ts'
import { findTarget } from '../../routing/list-bookables.ts'
import { type AskedTarget, askedTarget } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { type Prechecks, withPrechecks } from '../calendar-precheck.ts'
import { unconfirmedHolder } from '../confirmation/meeting-request.ts'
import { needsConfirmation, requestMeeting } from '../confirmation/request-meeting.ts'
import { answerRefusals } from '../reservations/refusal.ts'
import { requireAnyBooker, requireBooker, requireLinkWithoutMeeting } from '../reservations/require-booker.ts'
import type { SlotRequest } from '../reservations/take-slot.ts'
import { type BookingCard, callOfCard } from './booking-card.ts'
import { findFreeTime, findHeldTime } from './find-time.ts'
import { findBookedChat, lockChatsOfBooking } from './lock-booked-chat.ts'
import { makeMeeting, requirePerson } from './make-meeting.ts'
import { type NewMeeting, type ReservableTime, readChoice } from './new-meeting.ts'
import { requireWelcome } from './require-welcome.ts'
import { requireRoomForUnconfirmed } from './unconfirmed-meetings.ts'

export const MAX_AGENDA_LENGTH = 2000

/** A hold of the caller, or a slot. */
type Wanted = { holdId: string } | { target: AskedTarget; startsAt: Date; endsAt: Date | null }

export type Booked = Meeting | MeetingRequest

/** Whether the visitor has yet to confirm it. */
export const isRequest = (booked: Booked): booked is MeetingRequest => 'expiresAt' in booked

const freeSlot = z.object({ target: askedTarget, startsAt: instant, endsAt: instant.nullish() })

const slotReference = z
  .object({ holdId: z.string().nullish(), free: freeSlot.nullish() })
  .transform(({ holdId, free }, check): Wanted => {
    if (holdId) return { holdId }
    if (free) return { ...free, endsAt: free.endsAt ?? null }
    check.addIssue({ code: 'custom', ...fault('REQUIRED', 'Give either holdId or free.') })
    return z.NEVER
  })

const bookMeetingInput = z.object({
  slot: slotReference,
  conversationId: z.string().nullish(),
  timeZone,
  person: personInput.nullish(),
  agenda: text(MAX_AGENDA_LENGTH).nullish(),
  pageUrl: webUrl.nullish(),
  idempotencyKey,
})

/** @param raw.conversationId the chat in or after which the meeting is booked
 * @param card left out: no card books
 * @returns the meeting; or the request, if the visitor has to confirm it by mail
 * @throws ForbiddenError as in `requireBooker`, for an agent who has no part in the chat, and for a visitor whose e-mail
 *   address is blocked
 * @throws InvalidInputError, NotFoundError
 * @throws ConflictError as in `requireLinkWithoutMeeting`, or the idempotency key was used before with other input
 * @throws SlotUnavailableError, NoAgentAvailableError, QuotaExceededError */
export async function bookMeeting(
  context: RequestContext,
  raw: z.input<typeof bookMeetingInput>,
  card?: BookingCard,
): Promise<Booked> {
  const viewer = raw.slot.free?.target.slug
    ? requireAnyBooker(context.viewer)
    : requireBooker(context.viewer, await requestedAgent(context, raw))
  const { slot: wanted, conversationId, ...rest } = parseInput(bookMeetingInput, raw)
  const input = { ...rest, isInDialogue: card !== undefined }
  const now = context.clock.now()
  const caller = callerOf(viewer)
  const { workspaceId } = viewer
  const recipient = await recipientOf(context, { viewer, email: input.person?.email })
  await spendBudgets(context, { workspaceId, calls: ['bookings'], recipient })
  const own = { caller, key: input.idempotencyKey, operation: 'bookMeeting', input: raw }
  const call = { workspaceId, ...(card ? callOfCard(card) : own), now }
  const book = (checks: Prechecks) =>
    runTransaction(context, async (tx) => {
      const id = await once(tx, call, async () => {
        if ('target' in wanted) {
          const { target } = wanted
          if ('slug' in target) await requireBookerOfSlug(tx, viewer, target.slug)
          await lockCallers(tx, [caller])
        }
        await requireLinkWithoutMeeting(tx, { viewer, now })
        const chat = conversationId ? await findBookedChat(tx, { id: conversationId, viewer }) : null
        const identified = await requirePerson(tx, { viewer, details: input, chat, now })
        const chats = await lockChatsOfBooking(tx, { viewer, chat })
        await card?.claim(tx)
        const time = await findTime(tx, { workspaceId, viewer, now, wanted, checks })
        return complete(context, { tx, viewer, details: input, identified, chats, time, now })
      })
      return readBooked(tx, id)
    })
  return answerRefusals(context, () => withPrechecks(context, book))
}

/** @returns the id of the meeting, or of the request */
async function complete(
  context: RequestContext,
  booking: NewMeeting & { time: ReservableTime },
): Promise<string> {
  const chosen = { ...booking, choice: await readChoice(booking.tx, booking) }
  requireWelcome(chosen)
  if (isClaimed(chosen)) requireRoomForUnconfirmed(context, chosen.choice)
  return needsConfirmation(chosen) ? requestMeeting(context, chosen) : makeMeeting(context, chosen)
}

const isClaimed = ({ viewer, identified }: Pick<NewMeeting, 'viewer' | 'identified'>): boolean =>
  viewer.kind === 'VISITOR' && identified.claimed !== null

/** Leaves the calendar of the agent locked. A visitor who books again books in place of what waits for its confirmation. */
function findTime(tx: Transaction, { viewer, wanted, ...request }: TimeOfBooking): Promise<ReservableTime> {
  const caller = callerOf(viewer)
  if ('holdId' in wanted) return findHeldTime(tx, { ...request, caller, ...wanted })
  return findFreeSlot(tx, { ...request, ...wanted, caller: [caller, unconfirmedHolder(caller)] })
}

interface TimeOfBooking {
  workspaceId: string
  viewer: SignedInViewer
  now: Date
  wanted: Wanted
  checks: Prechecks
}

async function findFreeSlot(
  tx: Transaction,
  request: Omit<SlotRequest, 'target' | 'field' | 'holdsPerDay'> & { target: AskedTarget },
): Promise<ReservableTime> {
  const field = 'input.slot.free.target'
  const target = await findTarget(tx, { ...request, field })
  return findFreeTime(tx, { ...request, target, field })
}

/** @returns who gets the mails, for the budgets; null for whoever is known to be the recipient: strangers can use up the
 * budget of an address that they only claim */
async function recipientOf(
  { database }: RequestContext,
  { viewer, email }: { viewer: SignedInViewer; email: string | null | undefined },
): Promise<string | null> {
  if (viewer.kind === 'AGENT') return null
  const { personId: id } = viewer
  if (!email) return isProven(viewer) ? null : id
  if (!isProven(viewer)) return email
  const own = await database.person.findUnique({ where: { id }, select: { email: true } })
  return own?.email === email ? null : email
}

/** What a slug stands for may have changed since the first call: a retry is found first.
 * @throws ForbiddenError as in `requireBooker` */
async function requireBookerOfSlug(tx: Transaction, viewer: SignedInViewer, slug: string): Promise<void> {
  const where = { workspaceId_slug: { workspaceId: viewer.workspaceId, slug } }
  requireBooker(viewer, (await tx.bookable.findUnique({ where }))?.agentId ?? null)
}

/** The agent named by the target or by the caller's hold; null when the turns decide. */
async function requestedAgent(
  { database, viewer }: RequestContext,
  { slot: { holdId, free } }: z.input<typeof bookMeetingInput>,
): Promise<string | null> {
  if (!holdId) return free?.target.agentId ?? null
  const holder = callerOf(requireSignedIn(viewer))
  const hold = await database.reservation.findUnique({ where: { id: holdId, holder } })
  return hold?.agentId ?? null
}

/** What was booked, or waits for its confirmation, with its id. */
async function readBooked(tx: Transaction, id: string): Promise<Booked> {
  const meeting = await tx.meeting.findUnique({ where: { id } })
  if (meeting !== null) return meeting
  const request = await tx.meetingRequest.findUniqueOrThrow({ where: { id }, include: { meeting: true } })
  return request.meeting ?? request
}
