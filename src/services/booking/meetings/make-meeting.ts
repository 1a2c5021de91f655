// Creates a meeting at a time that was found free under the lock of the agent's calendar.
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { Prisma, type Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { ForbiddenError, InvalidInputError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { newEvent } from '../../events/new-events.ts'
import { actorOf, callerOf, type MeetingLinkViewer, type SignedInViewer } from '../../identity/viewer.ts'
import { type Invitation, templateOf, textsOfMeeting, toInvitation } from '../../invitations/invitation.ts'
import { readClaim } from '../../people/claim.ts'
import { type Identified, identifyPerson } from '../../people/identify-person.ts'
import { type Blocklist, isBlocked } from '../../people/is-blocked.ts'
import type { PersonInput, personInput } from '../../people/person-input.ts'
import { savePerson } from '../../people/save-person.ts'
import type { DroppedHold } from '../reservations/reserve.ts'
import { sourceOf } from '../slots/rules.ts'
import type { BookedChat, LockedChats } from './lock-booked-chat.ts'
import { recordChange } from './record-change.ts'
import { countingUnconfirmed, requireRoomForUnconfirmed } from './unconfirmed-meetings.ts'

/** The caller's parsed input about the meeting. */
interface BookingDetails {
  /** The visitor's IANA zone. */
  timeZone: string
  person?: z.output<typeof personInput> | null | undefined
  agenda?: string | null | undefined
  pageUrl?: string | null | undefined
}

/** The time for a new meeting. Its calendar is locked. */
export interface BookedTime
  extends Pick<Reservation, 'workspaceId' | 'agentId' | 'startsAt' | 'endsAt' | 'decisionId'> {
  /** The pool from which the agent was chosen; null: the pool of the decision. */
  routedBy: string | null
  /** Whether the booking takes the agent's turn; false for a hold, which took it before. */
  tookTurn: boolean
  /** Writes the reservation. Called once the meeting exists.
   * @returns see `makeRoom` */
  keep(meetingId: string): Promise<DroppedHold[]>
}

interface NewMeeting {
  tx: Transaction
  viewer: SignedInViewer
  identified: Identified
  time: BookedTime
  details: BookingDetails
  chats: LockedChats
  now: Date
}

/** @returns the meeting's id
 * @throws ForbiddenError for a visitor whose e-mail address is blocked
 * @throws QuotaExceededError as in `requireRoomForUnconfirmed` */
export async function makeMeeting(services: Services, booking: NewMeeting): Promise<string> {
  const { tx, viewer, identified, time, details, chats, now } = booking
  const { workspaceId, agentId, startsAt, endsAt, tookTurn } = time
  const { person, claimed } = identified
  const choice = await readChoice(tx, { time, person, now })
  const { agent, invitation, calendarInvites, routedBy } = choice
  if (viewer.kind !== 'AGENT' && isBlocked(person.email, choice)) {
    throw new ForbiddenError('The workspace takes no bookings from this e-mail address.')
  }
  if (viewer.kind === 'VISITOR' && claimed !== null) requireRoomForUnconfirmed(services, choice)
  const { conversation, others } = chats
  const id = uuidv7()
  const { timeZone, agenda } = details
  const invited = { ...templateOf(invitation), startsAt, endsAt, timeZone, agenda: agenda ?? '', claimed }
  const meeting = await tx.meeting.create({
    data: {
      id,
      workspaceId,
      agentId,
      personId: person.id,
      ...invited,
      claimed: claimed ?? Prisma.DbNull,
      ...textsOfMeeting({ ...invited, conferenceUrl: null }, { agent, person }),
      invitationUid: calendarInvites ? null : id,
      pageUrl: details.pageUrl ?? null,
      bookedBy: callerOf(viewer),
      verified: isVerified(booking),
      routedBy,
      bookedAt: now,
      conversationId: conversation?.id ?? null,
      source: sourceOf(conversation),
    },
  })
  const dropped = await time.keep(meeting.id)
  const change = { meeting, kind: 'BOOKED' as const, actor: actorOf(viewer), reason: null, tookTurn, now }
  // The booking can identify the visitor, so the visitor's other open chats show a new name.
  const ofOthers = [
    ...others.map((chat) => newEvent.conversationChanged(chat)),
    ...dropped.map(newEvent.slotsReleased),
  ]
  const otherEvents = [...identified.events, ...ofOthers]
  await recordChange(services, { tx, change: { ...change, conversation, otherEvents } })
  return meeting.id
}

/** Whether the visitor who books, or in whose chat an agent books, is verified as the person; of a booking with the link
 * of a meeting, whether that meeting's visitor was. */
function isVerified({ viewer, identified, chats: { conversation } }: NewMeeting): boolean {
  if (viewer.kind !== 'AGENT') return identified.verified
  return conversation?.verified === true && conversation.personId === identified.person.id
}

/** Finds or creates the person for whom the meeting is. An agent who gives no e-mail books for the person of the chat, and
 * the holder of a meeting's link always for the person of that meeting.
 * @throws InvalidInputError when the person has no e-mail address, or when details of a person come with a link */
export async function requirePerson(
  tx: Transaction,
  {
    viewer,
    details,
    chat,
    now,
  }: Pick<NewMeeting, 'viewer' | 'details' | 'now'> & { chat: BookedChat | null },
): Promise<Identified> {
  if (viewer.kind === 'MEETING_LINK') return personOfLink(tx, { viewer, details })
  const given = details.person ?? {}
  const identified = await identifyPerson(tx, {
    workspaceId: viewer.workspaceId,
    visitorId: viewer.kind === 'VISITOR' ? viewer.visitorId : null,
    person: given,
    now,
  })
  const booked = identified ?? (chat && (await updatePersonOf(tx, { chat, said: given })))
  if (booked?.person.email) return booked
  const message = 'Is required: the person has no e-mail address yet, and the invitation is sent to it.'
  throw new InvalidInputError([{ path: ['input', 'person', 'email'], code: 'REQUIRED', message }])
}

async function personOfLink(
  tx: Transaction,
  { viewer, details }: { viewer: MeetingLinkViewer; details: BookingDetails },
): Promise<Identified> {
  if (details.person) {
    const message = 'Must be omitted: the link of a meeting books for the person of that meeting.'
    throw new InvalidInputError([{ path: ['input', 'person'], code: 'NOT_ALLOWED', message }])
  }
  const booked = await tx.meeting.findUniqueOrThrow({
    where: { id: viewer.meetingId },
    include: { person: true },
  })
  const { person, verified, claimed } = booked
  return { person, verified, claimed: readClaim(claimed), events: [] }
}

async function updatePersonOf(
  tx: Transaction,
  { chat, said }: { chat: BookedChat; said: PersonInput },
): Promise<Identified> {
  // Read again, because the chat was read before its visitor was locked.
  const { person } = await tx.conversation.findUniqueOrThrow({
    where: { id: chat.id },
    include: { person: true },
  })
  return { person: await savePerson(tx, { person, said }), verified: false, claimed: null, events: [] }
}

interface Choice extends Blocklist {
  agent: { name: string; email: string }
  invitation: Invitation
  /** Whether the agent has an external calendar, which invites the visitor itself. */
  calendarInvites: boolean
  /** The pool from which the agent was chosen. */
  routedBy: string
  /** See `countingUnconfirmed`. */
  unconfirmed: number
}

interface ChoiceRow extends Blocklist {
  name: string
  email: string
  subject: string | null
  body: string | null
  includeConferenceLink: boolean | null
  calendarInvites: boolean
  routedBy: string
  unconfirmed: number
}

async function readChoice(
  tx: Transaction,
  { time, person, now }: Pick<NewMeeting, 'time' | 'now'> & Pick<Identified, 'person'>,
): Promise<Choice> {
  const { agentId, decisionId, routedBy: known } = time
  const [row] = await tx.$queryRaw<ChoiceRow[]>`
    SELECT a."name", a."email", i."subject", i."body", i."includeConferenceLink",
      w."blockedEmailDomains" AS "blockedEmails", w."blocksDisposableEmails",
      c."provider" <> 'BUILT_IN' AS "calendarInvites", coalesce(${known}::text, d."pool", 'Agent') AS "routedBy",
      (${countingUnconfirmed(person, now)}) AS "unconfirmed"
    FROM "Agent" a JOIN "CalendarConnection" c ON c."agentId" = a."id"
    JOIN "Workspace" w ON w."id" = a."workspaceId"
    LEFT JOIN "InvitationTemplate" i ON i."agentId" = a."id"
    LEFT JOIN "RoutingDecision" d ON d."id" = ${decisionId}::uuid
    WHERE a."id" = ${agentId}::uuid`
  if (row === undefined) throw new Error(`There is no agent ${agentId}.`)
  const { name, email, subject, body, includeConferenceLink, ...rest } = row
  const invitation = toInvitation({ subject, body, includeConferenceLink })
  return { agent: { name, email }, invitation, ...rest }
}
