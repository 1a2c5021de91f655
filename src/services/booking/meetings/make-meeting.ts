// Creates a meeting at a time that was found free under the lock of the agent's calendar.
import { v7 as uuidv7 } from 'uuid'
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { InvalidInputError, UnauthenticatedError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { newEvent } from '../../events/new-events.ts'
import { actorOf, callerOf, type MeetingLinkViewer } from '../../identity/viewer.ts'
import { templateOf, textsOfMeeting } from '../../invitations/invitation.ts'
import { checkAttributes } from '../../people/check-attributes.ts'
import { readClaim } from '../../people/claim.ts'
import { type Identified, identifyPerson } from '../../people/identify-person.ts'
import type { PersonInput } from '../../people/person-input.ts'
import { savePerson } from '../../people/save-person.ts'
import { sourceOf } from '../slots/rules.ts'
import type { BookedChat } from './lock-booked-chat.ts'
import type { BookingDetails, ChosenMeeting, NewMeeting } from './new-meeting.ts'
import { recordChange } from './record-change.ts'

/** @returns the meeting's id */
export async function makeMeeting(services: Services, booking: ChosenMeeting): Promise<string> {
  const { tx, viewer, identified, time, details, chats, choice, now } = booking
  const { workspaceId, agentId, startsAt, endsAt, tookTurn } = time
  const { person, claimed } = identified
  const { agent, invitation, calendarInvites, routedBy } = choice
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
      confirmedAt: booking.isConfirmed ? now : null,
      routedBy,
      bookedAt: now,
      conversationId: conversation?.id ?? null,
      source: details.isInDialogue ? 'DIALOGUE' : sourceOf(conversation, details.askedAt ?? now),
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
 * @throws InvalidInputError when the person has no e-mail address, or when details of a person come with a link
 * @throws UnauthenticatedError when the visitor does not exist any more */
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
  if (identified === null && viewer.kind === 'VISITOR') throw new UnauthenticatedError('The visit has ended.')
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
  { chat, said: given }: { chat: BookedChat; said: PersonInput },
): Promise<Identified> {
  // Read again, because the chat was read before its visitor was locked.
  const { person } = await tx.conversation.findUniqueOrThrow({
    where: { id: chat.id },
    include: { person: true },
  })
  const said = await checkAttributes(tx, { workspaceId: person.workspaceId, said: given })
  return { person: await savePerson(tx, { person, said }), verified: false, claimed: null, events: [] }
}
