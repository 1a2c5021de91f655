// Who a visitor is, by the e-mail given (docs/semantics.md, section 9): the address decides, whoever the
// visitor was before.
import type { Person, Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { type LockedVisitor, lockVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type NewEvent, verificationEnded } from '../events/append-events.ts'
import type { PersonInput } from './person-input.ts'

export interface Identification {
  workspaceId: string
  /** The visitor that gave the data; null when a colleague did. */
  visitorId: string | null
  person: PersonInput
  /** Whether the customer's site vouched for the e-mail (see `requireVouched`); left out: it did not. */
  isVouchedFor?: boolean
  now: Date
}

export interface Identified {
  person: Person
  /** To be told at the end of the transaction: what the visitor sees no more. */
  events: NewEvent[]
}

/** Finds or makes the person, keeps what was given of it, and binds the visitor to it. A visitor that moves to another
 * person is verified only if that one is vouched for; one that stays keeps what it has.
 * @returns null when there is neither an e-mail nor a visitor to go by */
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
  // In two steps: an upsert that sets the e-mail locks the key of the person, for which whoever writes in a chat waits.
  await tx.person.createMany({ data: [{ workspaceId, email, createdAt: now }], skipDuplicates: true })
  const identified = await tx.person.update({
    where: { workspaceId_email: { workspaceId, email } },
    data: given,
  })
  noteLocks(tx, 'person', [identified.id])
  if (visitor !== null && visitor.personId !== identified.id) {
    const events = visitor.verified ? [verificationEnded(visitor.visitorId)] : []
    return { person: await rebind(tx, { visitor, person: identified, isVouchedFor }), events }
  }
  if (visitor !== null && isVouchedFor && !visitor.verified) {
    await tx.visitor.update({ where: { id: visitor.visitorId }, data: { verified: true } })
  }
  return { person: identified, events: [] }
}

interface Move {
  visitor: LockedVisitor
  /** Whom the visitor turned out to be. */
  person: Person
  isVouchedFor: boolean
}

/** A known person keeps its history when a browser leaves it. An anonymous one was nobody else: what this browser did
 * goes along, and what was said of it fills in what is not known of the other.
 * @returns the person afterwards */
async function rebind(tx: Transaction, { visitor, person, isVouchedFor }: Move): Promise<Person> {
  const { visitorId, personId: previousId } = visitor
  const [joined] = await tx.$queryRaw<Person[]>`
    WITH visitor AS (
      UPDATE "Visitor" SET "personId" = ${person.id}::uuid, "verified" = ${isVouchedFor}
      WHERE "id" = ${visitorId}::uuid
    ), nobody AS (
      SELECT * FROM "Person" WHERE "id" = ${previousId}::uuid AND "email" IS NULL
    ), conversation AS (
      UPDATE "Conversation" SET "personId" = ${person.id}::uuid FROM nobody
      WHERE "Conversation"."personId" = nobody."id" AND "visitorId" = ${visitorId}::uuid
    ), meeting AS (
      UPDATE "Meeting" SET "personId" = ${person.id}::uuid FROM nobody
      WHERE "Meeting"."personId" = nobody."id" AND "bookedBy" = ${`visitor:${visitorId}`}
    )
    UPDATE "Person" p SET
      "firstName" = coalesce(p."firstName", nobody."firstName"),
      "lastName" = coalesce(p."lastName", nobody."lastName"),
      "jobTitle" = coalesce(p."jobTitle", nobody."jobTitle"),
      "phone" = coalesce(p."phone", nobody."phone"),
      "companyName" = coalesce(p."companyName", nobody."companyName"),
      "companyDomain" = coalesce(p."companyDomain", nobody."companyDomain"),
      "companyAttributes" = coalesce(nullif(p."companyAttributes", '{}'), nobody."companyAttributes"),
      "attributes" = coalesce(nullif(p."attributes", '{}'), nobody."attributes"),
      "crmStatus" = coalesce(p."crmStatus", nobody."crmStatus")
    FROM nobody WHERE p."id" = ${person.id}::uuid
    RETURNING p.*`
  // An anonymous person without a browser is nobody any more.
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

/** What was given of a person, but for the e-mail, as the columns of its row. What is null or empty is left out. */
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
