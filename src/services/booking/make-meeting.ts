// Turns a reservation into a meeting, in the transaction that took it.
import { v7 as uuidv7 } from 'uuid'
import type { Conversation, Person, Reservation } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { InvalidInputError } from '../../errors.ts'
import type { Services } from '../context.ts'
import { actorOf, callerOf } from '../identity/viewer.ts'
import { givenFields, identifyPerson } from '../people/identify-person.ts'
import { personName } from '../people/person-name.ts'
import type { BookingDetails } from './book-meeting.ts'
import { recordChange } from './record-change.ts'
import type { BookingViewer } from './require-booker.ts'
import { sourceOf, subjectOf } from './rules.ts'

interface NewMeeting {
  tx: Transaction
  viewer: BookingViewer
  person: Person
  /** Held by the viewer. */
  reservation: Reservation
  details: BookingDetails
  /** The chat that it is booked in, locked. */
  conversation: Conversation | null
  /** Whether the booking took the agent's turn; a hold took it before. */
  tookTurn: boolean
  now: Date
}

/** @returns the meeting's id */
export async function makeMeeting(services: Services, booking: NewMeeting): Promise<string> {
  const { tx, viewer, person, reservation, details, conversation, tookTurn, now } = booking
  const { workspaceId, agentId, startsAt, endsAt } = reservation
  const { agentName, routedBy } = await readChoice(tx, reservation)
  const meeting = await tx.meeting.create({
    data: {
      id: uuidv7(),
      workspaceId,
      agentId,
      personId: person.id,
      startsAt,
      endsAt,
      timeZone: details.timeZone,
      subject: subjectOf({ agent: agentName, visitor: personName(person) }),
      body: details.agenda ?? '',
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
  await recordChange(services, { tx, change: { ...change, conversation } })
  return meeting.id
}

/** Finds or makes the person that the meeting is for. An agent who gives no e-mail books for the person of the chat.
 * @throws InvalidInputError when it is not known whom to write to */
export async function requirePerson(
  tx: Transaction,
  { viewer, details, conversation, now }: Pick<NewMeeting, 'viewer' | 'details' | 'conversation' | 'now'>,
): Promise<Person> {
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
  const person = identified ?? inChat
  if (person?.email) return person
  const message = 'Must be given: the person is not known yet, and the invitation goes there.'
  throw new InvalidInputError([{ path: ['input', 'person', 'email'], message }])
}

interface Choice {
  agentName: string
  /** The pool that the agent was chosen from. */
  routedBy: string
}

async function readChoice(tx: Transaction, { agentId, decisionId }: Reservation): Promise<Choice> {
  const [choice] = await tx.$queryRaw<Choice[]>`
    SELECT a."name" AS "agentName", coalesce(d."pool", 'Agent') AS "routedBy"
    FROM "Agent" a LEFT JOIN "RoutingDecision" d ON d."id" = ${decisionId}::uuid
    WHERE a."id" = ${agentId}::uuid`
  if (choice === undefined) throw new Error(`There is no agent ${agentId}.`)
  return choice
}
