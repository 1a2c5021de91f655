// Turns a reservation into a meeting, in the transaction that took it.
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Conversation, Person, Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { InvalidInputError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import { actorOf, callerOf } from '../../identity/viewer.ts'
import { type Invitation, templateOf, textsOfMeeting, toInvitation } from '../../invitations/invitation.ts'
import { givenFields, type Identified, identifyPerson } from '../../people/identify-person.ts'
import { lockOpenChats } from '../../people/open-chats.ts'
import type { personInput } from '../../people/person-input.ts'
import type { BookingViewer } from '../reservations/require-booker.ts'
import { sourceOf } from '../slots/rules.ts'
import { recordChange } from './record-change.ts'

/** What the caller says of the meeting, parsed. */
export interface BookingDetails {
  /** IANA; the visitor's. */
  timeZone: string
  person?: z.output<typeof personInput> | null | undefined
  agenda?: string | null | undefined
  pageUrl?: string | null | undefined
}

interface NewMeeting {
  tx: Transaction
  viewer: BookingViewer
  person: Person
  /** Held by the viewer. */
  reservation: Reservation
  details: BookingDetails
  /** The chat that it is booked in, locked. */
  conversation: Conversation | null
  /** What else is told at the end. */
  events: NewEvent[]
  /** Whether the booking took the agent's turn; a hold took it before. */
  tookTurn: boolean
  now: Date
}

/** @returns the meeting's id */
export async function makeMeeting(services: Services, booking: NewMeeting): Promise<string> {
  const { tx, viewer, person, reservation, details, conversation, events, tookTurn, now } = booking
  const { workspaceId, agentId, startsAt, endsAt } = reservation
  const { agent, invitation, calendarInvites, routedBy } = await readChoice(tx, reservation)
  const id = uuidv7()
  const { timeZone, agenda } = details
  const invited = { ...templateOf(invitation), startsAt, endsAt, timeZone, agenda: agenda ?? '' }
  const meeting = await tx.meeting.create({
    data: {
      id,
      workspaceId,
      agentId,
      personId: person.id,
      ...invited,
      ...textsOfMeeting({ ...invited, conferenceUrl: null }, { agent, person }),
      invitationUid: calendarInvites ? null : id,
      pageUrl: details.pageUrl ?? null,
      bookedBy: callerOf(viewer),
      routedBy,
      bookedAt: now,
      conversationId: conversation?.id ?? null,
      source: sourceOf(conversation),
    },
  })
  await tx.$executeRaw`
    WITH decision AS (
      UPDATE "RoutingDecision" SET "meetingId" = ${meeting.id}::uuid
      WHERE "id" = ${reservation.decisionId}::uuid
    )
    UPDATE "Reservation" SET "meetingId" = ${meeting.id}::uuid, "holder" = NULL, "expiresAt" = NULL
    WHERE "id" = ${reservation.id}::uuid`
  const change = { meeting, kind: 'BOOKED' as const, actor: actorOf(viewer), reason: null, tookTurn, now }
  await recordChange(services, { tx, change: { ...change, conversation, also: events } })
  return meeting.id
}

/** Finds or makes the person that the meeting is for. An agent who gives no e-mail books for the person of the chat.
 * @throws InvalidInputError when it is not known whom to write to */
export async function requirePerson(
  tx: Transaction,
  { viewer, details, conversation, now }: Pick<NewMeeting, 'viewer' | 'details' | 'conversation' | 'now'>,
): Promise<Identified> {
  const given = details.person ?? {}
  const identified = await identifyPerson(tx, {
    workspaceId: viewer.workspaceId,
    visitorId: viewer.kind === 'VISITOR' ? viewer.visitorId : null,
    person: given,
    now,
  })
  const inChat =
    identified === null && conversation !== null
      ? await tx.person.update({ where: { id: conversation.personId }, data: givenFields(given) })
      : null
  const person = identified?.person ?? inChat
  if (person?.email) {
    const events = await tellOtherChat(tx, { viewer, conversation })
    return { person, events: [...(identified?.events ?? []), ...events] }
  }
  const message = 'Is required: the person has no e-mail address yet, and the invitation is sent to it.'
  throw new InvalidInputError([{ path: ['input', 'person', 'email'], message }])
}

/** Whoever is chatting with the visitor learns who it is, also of a booking that names no chat. */
async function tellOtherChat(
  tx: Transaction,
  { viewer, conversation }: Pick<NewMeeting, 'viewer' | 'conversation'>,
): Promise<NewEvent[]> {
  if (viewer.kind !== 'VISITOR') return []
  const { visitorId } = viewer
  // A visitor has one chat at a time, and this one is told of the booking.
  if (conversation?.visitorId === visitorId && conversation.endedAt === null) return []
  return (await lockOpenChats(tx, { visitorId })).map((chat) => newEvent.conversationUpdated(chat))
}

interface Choice {
  agent: { name: string; email: string }
  invitation: Invitation
  /** Whether it is kept outside, and invites by itself. */
  calendarInvites: boolean
  /** The pool that the agent was chosen from. */
  routedBy: string
}

interface ChoiceRow {
  name: string
  email: string
  subject: string | null
  body: string | null
  includeConferenceLink: boolean | null
  calendarInvites: boolean
  routedBy: string
}

async function readChoice(tx: Transaction, { agentId, decisionId }: Reservation): Promise<Choice> {
  const [row] = await tx.$queryRaw<ChoiceRow[]>`
    SELECT a."name", a."email", i."subject", i."body", i."includeConferenceLink",
      c."provider" <> 'BUILT_IN' AS "calendarInvites", coalesce(d."pool", 'Agent') AS "routedBy"
    FROM "Agent" a JOIN "CalendarConnection" c ON c."agentId" = a."id"
    LEFT JOIN "InvitationTemplate" i ON i."agentId" = a."id"
    LEFT JOIN "RoutingDecision" d ON d."id" = ${decisionId}::uuid
    WHERE a."id" = ${agentId}::uuid`
  if (row === undefined) throw new Error(`There is no agent ${agentId}.`)
  const { name, email, routedBy, calendarInvites, ...saved } = row
  return { agent: { name, email }, invitation: toInvitation(saved), calendarInvites, routedBy }
}
