// Keeps the time of a booking until its visitor confirms it by mail (docs/semantics.md, section 3). Nobody else is told, and
// no turn is taken.
import { v7 as uuidv7 } from 'uuid'
import { SKIPPING_LOCKED, tryCaller } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { clientKeyOf } from '../../budgets/client-key.ts'
import { notingRefusal } from '../../budgets/refuse.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, type VisitorViewer } from '../../identity/viewer.ts'
import { claimToJson } from '../../people/claim.ts'
import { RestartTransaction } from '../../transaction.ts'
import type { ChosenMeeting, ReservableTime } from '../meetings/new-meeting.ts'
import { isDayHeld, requireRoomForHold } from '../reservations/hold-limits.ts'
import { RESERVED_FOR_MS, unconfirmedHolder } from './meeting-request.ts'

type Requested = ChosenMeeting & { viewer: VisitorViewer; time: ReservableTime }

/** Whether the visitor has to confirm the booking by mail. */
export function needsConfirmation<Booking extends ChosenMeeting & { time: ReservableTime }>(
  booking: Booking,
): booking is Booking & { viewer: VisitorViewer } {
  const { viewer, identified, choice } = booking
  return viewer.kind === 'VISITOR' && identified.claimed !== null && choice.confirmation === 'EMAIL'
}

/** It replaces the visitor's earlier reservation. Where strangers have reserved much of the agent's day, it reserves
 * nothing, so that they cannot close the calendar: the time is booked if it is free when the visitor confirms.
 * @returns the request's id
 * @throws QuotaExceededError when too many slots are held from the client address */
export async function requestMeeting(context: RequestContext, booking: Requested): Promise<string> {
  const { tx, viewer, identified, time, details, chats, now } = booking
  const { workspaceId, agentId, startsAt, endsAt } = time
  const { person, claimed } = identified
  const caller = callerOf(viewer)
  const holder = unconfirmedHolder(caller)
  const holders = [caller, holder]
  const address = await lockHolder(context, { tx, holder, callers: holders, now })
  const { perAgentDay: limit } = context.settings.holds
  const isDayFull = await isDayHeld(tx, { agentId, startsAt, holders, limit, now })
  const expiresAt = isDayFull ? null : new Date(now.getTime() + RESERVED_FOR_MS)
  const dropped = expiresAt === null ? [] : await time.reserve({ holder, heldAt: now, expiresAt, address })
  const id = uuidv7()
  await tx.meetingRequest.create({
    data: {
      id,
      workspaceId,
      visitorId: viewer.visitorId,
      personId: person.id,
      email: person.email ?? '',
      claimed: JSON.parse(claimToJson(claimed) ?? '{}'),
      agentId,
      startsAt,
      endsAt,
      ...(time.target === null ? {} : { target: time.target }),
      timeZone: details.timeZone,
      agenda: details.agenda ?? '',
      pageUrl: details.pageUrl ?? null,
      conversationId: chats.conversation?.id ?? null,
      createdAt: now,
      expiresAt: expiresAt ?? now,
    },
  })
  await context.jobs.enlist(tx, 'confirmation-mail', [{ requestId: id }])
  const changed = [{ agentId }, ...dropped].map((each) => newEvent.slotsReleased(each))
  const ofChats = [...(chats.conversation ? [chats.conversation] : []), ...chats.others]
  const events = [
    ...identified.events,
    ...ofChats.map((chat) => newEvent.conversationChanged(chat)),
    ...changed,
  ]
  await appendEvents(tx, { workspaceId, at: now, events })
  return id
}

/** Reservations count as holds of the client address. Its lock comes before that of the calendar, which the transaction has
 * already, so it is taken only if it is free at once.
 * @returns the address, see `clientKeyOf` */
async function lockHolder(
  context: RequestContext,
  { tx, holder, callers, now }: { tx: Transaction; holder: string; callers: string[]; now: Date },
): Promise<string | null> {
  const address = clientKeyOf(context)
  const names = [holder, ...(address === null ? [] : [`address ${address}`])]
  for (const name of names) if (!(await tryCaller(tx, name))) throw new RestartTransaction()
  const limit = context.settings.holds.perAddress
  if (address !== null) {
    await notingRefusal(context, () => requireRoomForHold(tx, { address, caller: callers, limit, now }))
  }
  // An expired one that another transaction is about to delete is not waited for.
  await tx.$executeRaw`
    DELETE FROM "Reservation" WHERE "id" IN (
      SELECT "id" FROM "Reservation" WHERE "holder" = ${holder} AND "expiresAt" <= ${now}::timestamptz
      ${SKIPPING_LOCKED}
    )`
  return address
}
