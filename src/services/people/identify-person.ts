// Identifies a visitor by the e-mail given (docs/semantics.md, section 9). The e-mail alone decides which person the
// visitor is, even when the visitor belonged to another person before.
import type { Person, Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { type LockedVisitor, lockVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
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

export interface Identified {
  person: Person
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
  const given = givenFields(person)
  const visitor = visitorId === null ? null : await lockVisitor(tx, visitorId)
  if (!person.email) {
    if (visitor === null) return null
    noteLocks(tx, 'person', [visitor.personId])
    return { person: await tx.person.update({ where: { id: visitor.personId }, data: given }), events: [] }
  }
  const { email } = person
  // An upsert that sets the e-mail would lock the person's key, and every transaction that writes in one of the
  // person's chats would wait for it.
  await tx.person.createMany({ data: [{ workspaceId, email, createdAt: now }], skipDuplicates: true })
  const identified = await tx.person.update({
    where: { workspaceId_email: { workspaceId, email } },
    data: given,
  })
  noteLocks(tx, 'person', [identified.id])
  if (visitor !== null && visitor.personId !== identified.id) {
    const events = visitor.verified ? [newEvent.accessChanged({ visitorId: visitor.visitorId })] : []
    return { person: await rebind(tx, { visitor, person: identified, isVouchedFor }), events }
  }
  if (visitor !== null && isVouchedFor && !visitor.verified) {
    await tx.visitor.update({ where: { id: visitor.visitorId }, data: { verified: true } })
  }
  return { person: identified, events: [] }
}

interface Rebinding {
  visitor: LockedVisitor
  /** The person that the visitor turned out to be. */
  person: Person
  isVouchedFor: boolean
}

/** Binds the visitor to another person. A known person keeps its history when a visitor leaves it. The history of an
 * anonymous person moves along with the visitor, and its fields fill those that the new person lacks.
 * @returns the person afterwards */
async function rebind(tx: Transaction, { visitor, person, isVouchedFor }: Rebinding): Promise<Person> {
  const { visitorId, personId: previousId } = visitor
  const [joined] = await tx.$queryRaw<Person[]>`
    WITH visitor AS (
      UPDATE "Visitor" SET "personId" = ${person.id}::uuid, "verified" = ${isVouchedFor}
      WHERE "id" = ${visitorId}::uuid
    ), anonymous AS (
      SELECT * FROM "Person" WHERE "id" = ${previousId}::uuid AND "email" IS NULL
    ), conversation AS (
      UPDATE "Conversation" SET "personId" = ${person.id}::uuid FROM anonymous
      WHERE "Conversation"."personId" = anonymous."id" AND "visitorId" = ${visitorId}::uuid
    ), meeting AS (
      UPDATE "Meeting" SET "personId" = ${person.id}::uuid FROM anonymous
      WHERE "Meeting"."personId" = anonymous."id" AND "bookedBy" = ${`visitor:${visitorId}`}
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
    RETURNING p.*`
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
  return joined ?? person
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
