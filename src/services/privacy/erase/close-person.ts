// The first step of an erasure: the person has no data any more, its visitors are signed out, and nobody finds it by its
// e-mail address, so that nothing new comes to it. Whoever visits with the address again is a new person.
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import {
  HAS_TOKEN,
  lockCallers,
  lockConversations,
  lockingReservations,
  lockPerson,
  lockUniqueValues,
  lockVisitors,
} from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, NotFoundError } from '../../../errors.ts'
import { unconfirmedHolder } from '../../booking/confirmation/meeting-request.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import { IS_OPEN } from '../../people/open-chats.ts'
import { RestartTransaction, runTransaction } from '../../transaction.ts'
import { upcoming } from '../../upcoming-meetings.ts'

const callerOfVisitor = (id: string) => `visitor:${id}`

interface Closing {
  workspaceId: string
  personId: string
}

/** What a closed person had. */
interface Closed {
  visits: number
  /** The callers that its visitors were (see `callerOf`). */
  callers: string[]
  /** The bookings that waited for a confirmation, or were confirmed lately. */
  requestIds: string[]
}

/** Idempotent.
 * @throws NotFoundError
 * @throws ConflictError while a chat is open or a meeting is to come */
export function closePerson(services: Services, person: Closing): Promise<Closed> {
  const now = services.clock.now()
  return runTransaction(services, async (tx) => {
    const visitorIds = await lockAll(tx, person)
    const dialogues = await requireNothingLive(tx, { ...person, visitorIds, now })
    await endDialogues(tx, { ...person, visitorIds, dialogues, now })
    const callers = visitorIds.map(callerOfVisitor)
    const holds = await dropHolds(tx, [...callers, ...callers.map(unconfirmedHolder)])
    const requestIds = await deleteRequests(tx, { ...person, visitorIds })
    const ended = await endVisits(tx, { ...person, now })
    await blank(tx, { ...person, now })
    const events: NewEvent[] = [
      ...ended.map((visitorId) => newEvent.accessChanged({ visitorId })),
      ...holds.map(newEvent.slotsReleased),
    ]
    const { workspaceId } = person
    if (events.length > 0) await appendEvents(tx, { workspaceId, at: now, events })
    return { visits: ended.length, callers, requestIds }
  })
}

/** Locks the person with its visitors, and its e-mail address: a booking for it is either done before, or makes another
 * person.
 * @returns the visitors
 * @throws NotFoundError */
async function lockAll(tx: Transaction, { workspaceId, personId }: Closing): Promise<string[]> {
  const known = await tx.visitor.findMany({ where: { workspaceId, personId }, select: { id: true } })
  const callers = known.map(({ id }) => callerOfVisitor(id))
  // A booking of theirs is confirmed under this lock.
  await lockCallers(tx, callers.map(unconfirmedHolder))
  const visitorIds = await lockVisitors(
    tx,
    Prisma.sql`"personId" = ${personId}::uuid AND "workspaceId" = ${workspaceId}::uuid`,
  )
  if (visitorIds.some((id) => !callers.includes(callerOfVisitor(id)))) throw new RestartTransaction()
  const before = await tx.person.findFirst({ where: { id: personId, workspaceId }, select: { email: true } })
  const value = before?.email
  if (value) await lockUniqueValues(tx, { workspaceId, of: 'person e-mail', value })
  const person = await lockPerson(tx, { workspaceId, personId })
  if (person === null) throw new NotFoundError('input.personId')
  if (person.email !== before?.email) throw new RestartTransaction()
  return visitorIds
}

/** @returns the conversations that dialogues lead, locked
 * @throws ConflictError */
async function requireNothingLive(
  tx: Transaction,
  { personId, visitorIds, now }: Closing & { visitorIds: string[]; now: Date },
): Promise<Conversation[]> {
  const chats = await lockConversations(
    tx,
    Prisma.sql`
      ("personId" = ${personId}::uuid AND ${IS_OPEN}
        OR "state" = 'AUTOMATED' AND ("personId" = ${personId}::uuid OR "visitorId" = ANY (${visitorIds}::uuid[])))`,
  )
  const dialogues = chats.filter(({ state }) => state === 'AUTOMATED')
  if (dialogues.length < chats.length)
    throw new ConflictError('CHAT_OPEN', 'A conversation with the person is not over. End it first.')
  const meetings = await tx.meeting.count({ where: { personId, ...upcoming(now) } })
  if (meetings > 0)
    throw new ConflictError('MEETING_UPCOMING', 'The person has a meeting to come. Cancel it first.')
  return dialogues
}

/** Removes what was shown, said and completed in dialogues, and previews as the person. */
async function endDialogues(
  tx: Transaction,
  given: Closing & { visitorIds: string[]; dialogues: Conversation[]; now: Date },
): Promise<void> {
  const { personId, visitorIds, dialogues, now } = given
  const ids = dialogues.map(({ id }) => id)
  await tx.conversation.updateMany({
    where: { id: { in: ids } },
    data: { state: 'TIMED_OUT', endedAt: now },
  })
  const removed = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM "DialogueSession"
    WHERE "personId" = ${personId}::uuid OR "visitorId" = ANY (${visitorIds}::uuid[])
    RETURNING "id"`
  noteLocks(
    tx,
    'dialogue session',
    removed.map(({ id }) => id),
  )
  await tx.dialogueCompletion.deleteMany({ where: { personId } })
}

/** Also those that its visitors made for somebody else.
 * @returns their ids */
async function deleteRequests(
  tx: Transaction,
  { workspaceId, personId, visitorIds }: Closing & { visitorIds: string[] },
): Promise<string[]> {
  const where = { workspaceId, OR: [{ personId }, { visitorId: { in: visitorIds } }] }
  const found = await tx.meetingRequest.findMany({ where, select: { id: true } })
  await tx.meetingRequest.deleteMany({ where })
  return found.map(({ id }) => id)
}

/** @returns the agents whose time is free again */
async function dropHolds(tx: Transaction, holders: string[]): Promise<{ agentId: string }[]> {
  return tx.$queryRaw`
    DELETE FROM "Reservation" WHERE "id" IN (
      ${lockingReservations(tx, Prisma.sql`"holder" = ANY (${holders}::text[])`)}
    ) RETURNING "agentId"`
}

/** Deletes the visitors, except those whom a chat names: these get a token that nobody has.
 * @returns the visitors whose token was good for something, or who had said something */
async function endVisits(tx: Transaction, { personId, now }: Closing & { now: Date }): Promise<string[]> {
  const deleted = await tx.$queryRaw<{ id: string }[]>`
    DELETE FROM "Visitor" v WHERE "personId" = ${personId}::uuid
      AND NOT EXISTS (SELECT FROM "Conversation" c WHERE c."visitorId" = v."id")
    RETURNING "id"`
  const blanked = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "Visitor" SET "tokenHash" = uuid_send(gen_random_uuid()), "verified" = false, "claimed" = NULL, "pageUrl" = NULL,
      "expiresAt" = least("expiresAt", ${now}::timestamptz)
    WHERE "personId" = ${personId}::uuid AND ${HAS_TOKEN}
    RETURNING "id"`
  return [...deleted, ...blanked].map(({ id }) => id)
}

async function blank(tx: Transaction, { personId, now }: Closing & { now: Date }): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Person" SET "email" = NULL, "firstName" = NULL, "lastName" = NULL, "jobTitle" = NULL, "phone" = NULL,
      "companyName" = NULL, "companyDomain" = NULL, "companyAttributes" = '{}', "attributes" = '{}', "crmStatus" = NULL,
      "claimantId" = NULL, "erasedAt" = coalesce("erasedAt", ${now}::timestamptz)
    WHERE "id" = ${personId}::uuid`
}
