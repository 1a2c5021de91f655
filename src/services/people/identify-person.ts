// Identifies a visitor by the e-mail given (docs/semantics.md, section 9). The e-mail alone decides which person the
// visitor is, even when the visitor belonged to another person before.
import { isDeepStrictEqual } from 'node:util'
import { v7 as uuidv7 } from 'uuid'
import type { Person, Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { type LockedVisitor, lockingUniqueValue, lockVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
import { addClaim, type Claim, readClaim } from './claim.ts'
import { IS_OPEN } from './open-chats.ts'
import type { PersonInput } from './person-input.ts'

interface Identification {
  workspaceId: string
  /** The visitor who gave the data; null when an agent gave it. */
  visitorId: string | null
  person: PersonInput
  /** Whether the customer's site vouched for the e-mail (see `checkIdentityHash`); false when omitted. */
  isVouchedFor?: boolean
  now: Date
}

/** Whether the customer's site vouches for who a visitor is, and what it said of itself otherwise. */
export interface Identity {
  verified: boolean
  claimed: Claim | null
}

export interface Identified {
  person: Person
  /** Whether the visitor is verified as the person; false when an agent gave the data. */
  verified: boolean
  /** To append at the end of the transaction: the visitor may have lost access to what its former person did. */
  events: NewEvent[]
}

/** Finds or creates the person, stores the fields given, and binds the visitor to it. A visitor who moves to another
 * person is verified only if the e-mail is vouched for; a visitor who stays with the person keeps its verification.
 * @returns null when there is neither an e-mail nor a visitor to identify */
export async function identifyPerson(
  tx: Transaction,
  { workspaceId, visitorId, person, isVouchedFor = false, now }: Identification,
): Promise<Identified | null> {
  const visitor = visitorId === null ? null : await lockVisitor(tx, visitorId)
  const identified = await savePerson(tx, { workspaceId, visitor, person, now })
  if (identified === null) return null
  if (visitor === null) return { person: identified, verified: false, events: [] }
  const isMoving = visitor.personId !== identified.id
  const verified = isVouchedFor || (visitor.verified && !isMoving)
  const claimed = verified ? null : addClaim(readClaim(visitor.claimed), person)
  if (!isMoving) {
    await saveIdentity(tx, { visitor, identity: { verified, claimed } })
    return { person: identified, verified, events: [] }
  }
  const events = visitor.verified ? [newEvent.accessChanged({ visitorId: visitor.visitorId })] : []
  const moved = await rebind(tx, { visitor, person: identified, identity: { verified, claimed } })
  return { person: moved, verified, events }
}

/** Stores the fields given with the person who has the e-mail, without one with the visitor's person.
 * @returns null when there is neither an e-mail nor a visitor */
async function savePerson(
  tx: Transaction,
  given: { workspaceId: string; visitor: LockedVisitor | null; person: PersonInput; now: Date },
): Promise<Person | null> {
  const { workspaceId, visitor, person, now } = given
  const { email } = person
  if (!email && visitor === null) return null
  if (email) await createPerson(tx, { workspaceId, email, now })
  const where = email ? { workspaceId_email: { workspaceId, email } } : { id: visitor?.personId ?? '' }
  const saved = await tx.person.update({ where, data: givenFields(person) })
  noteLocks(tx, 'person', [saved.id])
  return saved
}

/** Creates the person unless the workspace has one with this e-mail. An upsert that sets the e-mail would lock the
 * person's key, and every transaction that writes in one of the person's chats would wait for it. */
async function createPerson(
  tx: Transaction,
  { workspaceId, email, now }: { workspaceId: string; email: string; now: Date },
): Promise<void> {
  const value = { workspaceId, of: 'person e-mail' as const, value: email }
  await tx.$executeRaw`
    WITH locked AS MATERIALIZED (${lockingUniqueValue(tx, value)})
    INSERT INTO "Person" ("id", "workspaceId", "email", "createdAt")
    SELECT ${uuidv7()}::uuid, ${workspaceId}::uuid, ${email}, ${now}::timestamptz FROM locked
    ON CONFLICT DO NOTHING`
}

/** Records who the visitor is with the visitor and with its open chat, if that has changed. */
async function saveIdentity(
  tx: Transaction,
  { visitor, identity }: { visitor: LockedVisitor; identity: Identity },
): Promise<void> {
  const { visitorId, personId, verified, claimed } = visitor
  if (isDeepStrictEqual(identity, { verified, claimed: readClaim(claimed) })) return
  const chats = await tx.$queryRaw<{ id: string }[]>`
    WITH visitor AS (
      UPDATE "Visitor" SET "verified" = ${identity.verified}, "claimed" = ${toJson(identity.claimed)}::jsonb
      WHERE "id" = ${visitorId}::uuid
    )
    UPDATE "Conversation" SET "verified" = ${identity.verified}, "claimed" = ${toJson(identity.claimed)}::jsonb
    WHERE "visitorId" = ${visitorId}::uuid AND "personId" = ${personId}::uuid AND ${IS_OPEN}
    RETURNING "id"`
  noteLocks(
    tx,
    'conversation',
    chats.map(({ id }) => id),
  )
}

/** A claim as a parameter of type jsonb. */
const toJson = (claimed: Claim | null): string | null => (claimed === null ? null : JSON.stringify(claimed))

interface Rebinding {
  visitor: LockedVisitor
  /** The person that the visitor turned out to be. */
  person: Person
  identity: Identity
}

/** Binds the visitor to another person. A known person keeps its history when a visitor leaves it. The chats of an
 * anonymous person move along with the visitor, and its fields fill those that the new person lacks. (An anonymous
 * person has no meetings, because a booking needs an e-mail.)
 * @returns the person afterwards */
async function rebind(tx: Transaction, { visitor, person, identity }: Rebinding): Promise<Person> {
  const { visitorId, personId: previousId } = visitor
  const claimed = toJson(identity.claimed)
  const [joined] = await tx.$queryRaw<(Person & { conversationIds: string[] })[]>`
    WITH visitor AS (
      UPDATE "Visitor"
      SET "personId" = ${person.id}::uuid, "verified" = ${identity.verified}, "claimed" = ${claimed}::jsonb
      WHERE "id" = ${visitorId}::uuid
    ), anonymous AS (
      SELECT * FROM "Person" WHERE "id" = ${previousId}::uuid AND "email" IS NULL
    ), conversation AS (
      UPDATE "Conversation"
      SET "personId" = ${person.id}::uuid, "verified" = ${identity.verified}, "claimed" = ${claimed}::jsonb
      FROM anonymous
      WHERE "Conversation"."personId" = anonymous."id" AND "visitorId" = ${visitorId}::uuid
      RETURNING "Conversation"."id"
    )
    UPDATE "Person" p SET
      "firstName" = coalesce(p."firstName", anonymous."firstName"),
      "lastName" = coalesce(p."lastName", anonymous."lastName"),
      "jobTitle" = coalesce(p."jobTitle", anonymous."jobTitle"),
      "phone" = coalesce(p."phone", anonymous."phone"),
      "companyName" = coalesce(p."companyName", anonymous."companyName"),
      "companyDomain" = coalesce(p."companyDomain", anonymous."companyDomain"),
      "companyAttributes" = coalesce(nullif(p."companyAttributes", '{}'), anonymous."companyAttributes"),
      "attributes" = coalesce(nullif(p."attributes", '{}'), anonymous."attributes"),
      "crmStatus" = coalesce(p."crmStatus", anonymous."crmStatus")
    FROM anonymous WHERE p."id" = ${person.id}::uuid
    RETURNING p.*, ARRAY(SELECT "id" FROM conversation) AS "conversationIds"`
  // Nothing refers to an anonymous person any more once its last visitor has left it.
  await tx.person.deleteMany({
    where: {
      id: previousId,
      email: null,
      visitors: { none: {} },
      meetings: { none: {} },
      conversations: { none: {} },
    },
  })
  if (joined === undefined) return person
  const { conversationIds, ...identified } = joined
  noteLocks(tx, 'conversation', conversationIds)
  return identified
}

/** The fields given for a person as columns of its row, without the e-mail. Null and empty fields are left out. */
export function givenFields({ firstName, lastName, jobTitle, phone, company, attributes }: PersonInput) {
  return {
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    ...(jobTitle ? { jobTitle } : {}),
    ...(phone ? { phone } : {}),
    ...(company?.name ? { companyName: company.name } : {}),
    ...(company?.domain ? { companyDomain: company.domain } : {}),
    ...(company?.attributes ? { companyAttributes: company.attributes as Prisma.InputJsonObject } : {}),
    ...(attributes ? { attributes: attributes as Prisma.InputJsonObject } : {}),
  }
}
