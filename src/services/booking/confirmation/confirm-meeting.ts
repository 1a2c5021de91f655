// Books what a visitor confirms with the link in a mail (docs/semantics.md, section 3): the time that is reserved for it, or
// the same time if it is late and the time is still free, or another one that the visitor chooses then.
import type { Meeting, MeetingRequest, Person } from '../../../database/generated/client/client.ts'
import { lockCallers } from '../../../database/locks.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import type { Services } from '../../context.ts'
import { callerOf, type VisitorViewer } from '../../identity/viewer.ts'
import { NOTHING_CLAIMED, readClaim } from '../../people/claim.ts'
import { targetInput } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { type Prechecks, withPrechecks } from '../calendar-precheck.ts'
import { findFreeTime, findReservedTime } from '../meetings/find-time.ts'
import { findBookedChat, lockChatsOfBooking } from '../meetings/lock-booked-chat.ts'
import { makeMeeting } from '../meetings/make-meeting.ts'
import { type BookedTime, readChoice } from '../meetings/new-meeting.ts'
import { requireWelcome } from '../meetings/require-welcome.ts'
import { answerRefusals } from '../reservations/refusal.ts'
import { readConfirmationToken, unconfirmedHolder } from './meeting-request.ts'

export type RequestedMeeting = MeetingRequest & {
  person: Person
  meeting: Meeting | null
  agent: { name: string }
  workspace: { name: string }
}

/** @returns null when the link is not ours, or the booking was made so long ago that it is forgotten */
export async function findRequest(
  { database, signer }: Pick<Services, 'database' | 'signer'>,
  token: string,
): Promise<RequestedMeeting | null> {
  const id = readConfirmationToken(signer, token)
  if (id === null) return null
  const request = await database.meetingRequest.findUnique({
    where: { id },
    include: { person: { include: { workspace: true } }, meeting: true, agent: true },
  })
  if (request === null) return null
  const meeting = request.meeting ?? (await findMeetingAtItsTime(database, request))
  return { ...request, meeting, workspace: request.person.workspace }
}

/** A visitor who misses the mail may book again, and gets two mails for one time.
 * @returns the standing meeting that another booking of the visitor, with the same address, has at the same time */
async function findMeetingAtItsTime(
  database: Database | Transaction,
  { visitorId, email, startsAt }: MeetingRequest,
): Promise<Meeting | null> {
  const confirmed = await database.meetingRequest.findFirst({
    where: { visitorId, email, meeting: { startsAt, status: { not: 'CANCELLED' } } },
    include: { meeting: true },
  })
  return confirmed?.meeting ?? null
}

/** A further confirmation returns the same meeting.
 * @param confirmation.startsAt another time; null: the one that was booked
 * @returns null when the booking was forgotten meanwhile, with its person
 * @throws SlotUnavailableError, NoAgentAvailableError, NotFoundError, ForbiddenError, QuotaExceededError */
export async function confirmMeeting(
  services: Services,
  { request, startsAt }: { request: RequestedMeeting; startsAt: Date | null },
): Promise<Meeting | null> {
  const { id, workspaceId, visitorId, personId } = request
  const viewer: VisitorViewer = { kind: 'VISITOR', workspaceId, visitorId, personId, verified: false }
  const context = { ...services, viewer, origin: null, client: { address: null, refusals: [] } }
  await spendBudgets(context, { workspaceId, calls: ['bookings'] })
  const now = services.clock.now()
  const confirm = (checks: Prechecks) =>
    runTransaction(services, async (tx) => {
      await lockCallers(tx, [unconfirmedHolder(callerOf(viewer))])
      const present = await tx.meetingRequest.findUnique({
        where: { id },
        include: { person: true, meeting: true },
      })
      if (present === null) return null
      const meeting = present.meeting ?? (startsAt === null ? await findMeetingAtItsTime(tx, present) : null)
      if (meeting !== null) return meeting
      return book(services, { tx, viewer, request: present, startsAt, checks, now })
    })
  return answerRefusals(services, () => withPrechecks(services, confirm))
}

interface Confirmed {
  tx: Transaction
  viewer: VisitorViewer
  request: MeetingRequest & { person: Person }
  startsAt: Date | null
  checks: Prechecks
  now: Date
}

async function book(services: Services, confirmed: Confirmed): Promise<Meeting> {
  const { tx, viewer, request, now } = confirmed
  const { id, person, conversationId } = request
  const chat = conversationId === null ? null : await findBookedChat(tx, { id: conversationId, viewer })
  const chats = await lockChatsOfBooking(tx, { viewer, chat })
  const time = await findTime(confirmed)
  const claimed = readClaim(request.claimed) ?? NOTHING_CLAIMED
  const identified = { person, verified: false, claimed, events: [] }
  const { timeZone, agenda, pageUrl, createdAt: askedAt } = request
  const details = { timeZone, agenda, pageUrl, askedAt }
  const booking = { tx, viewer, details, identified, chats, time, now }
  const chosen = { ...booking, choice: await readChoice(tx, booking), isConfirmed: true }
  requireWelcome(chosen)
  const meetingId = await makeMeeting(services, chosen)
  await tx.meetingRequest.update({ where: { id }, data: { meetingId } })
  return tx.meeting.findUniqueOrThrow({ where: { id: meetingId } })
}

async function findTime({ tx, viewer, request, startsAt, checks, now }: Confirmed): Promise<BookedTime> {
  const { workspaceId, agentId } = request
  const caller = unconfirmedHolder(callerOf(viewer))
  const target = request.target === null ? null : targetInput.parse(request.target)
  const asked = { workspaceId, caller, now, checks }
  const reserved = await tx.reservation.findFirst({
    where: { holder: caller, agentId, startsAt: request.startsAt, expiresAt: { gt: now } },
  })
  if (reserved && startsAt === null) return findReservedTime(tx, { ...asked, holdId: reserved.id, target })
  return findFreeTime(tx, {
    ...asked,
    target: target ?? { agentId },
    field: 'target',
    startsAt: startsAt ?? request.startsAt,
    endsAt: startsAt === null ? request.endsAt : null,
  })
}
