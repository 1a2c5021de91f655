// Who a visitor is, by the e-mail given (docs/semantics.md, section 9): the address decides, whoever the
// visitor was before.
import type { Person, Prisma } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import type { PersonInput } from './person-input.ts'

export interface Identification {
  workspaceId: string
  /** The visitor that gave the data; null when a colleague did. */
  visitorId: string | null
  person: PersonInput
  now: Date
}

/** Finds or makes the person, keeps what was given of it, and binds the visitor to it.
 * @returns the person, or null when there is neither an e-mail nor a visitor to go by */
export async function identifyPerson(
  tx: Transaction,
  { workspaceId, visitorId, person, now }: Identification,
): Promise<Person | null> {
  const given = givenFields(person)
  const visitor = visitorId === null ? null : await lockVisitor(tx, visitorId)
  if (!person.email) {
    return visitor === null ? null : tx.person.update({ where: { id: visitor.personId }, data: given })
  }
  const identified = await tx.person.upsert({
    where: { workspaceId_email: { workspaceId, email: person.email } },
    create: { workspaceId, email: person.email, createdAt: now, ...given },
    // With nothing to update Prisma would look first and insert then, and a second call could come between.
    update: { email: person.email, ...given },
  })
  const { id: personId } = identified
  if (visitor !== null && visitor.personId !== personId) await rebind(tx, { visitor, personId })
  return identified
}

interface VisitorRow {
  visitorId: string
  personId: string
}

/** Calls of one visitor wait for each other: each may bind it to another person. */
async function lockVisitor(tx: Transaction, visitorId: string): Promise<VisitorRow | null> {
  const [visitor] = await tx.$queryRaw<VisitorRow[]>`
    SELECT "id" AS "visitorId", "personId" FROM "Visitor" WHERE "id" = ${visitorId}::uuid FOR UPDATE`
  return visitor ?? null
}

async function rebind(
  tx: Transaction,
  { visitor, personId }: { visitor: VisitorRow; personId: string },
): Promise<void> {
  await tx.visitor.update({ where: { id: visitor.visitorId }, data: { personId } })
  // An anonymous person without a browser is nobody any more.
  await tx.person.deleteMany({
    where: { id: visitor.personId, email: null, visitors: { none: {} }, meetings: { none: {} } },
  })
}

function givenFields({ firstName, lastName, jobTitle, phone, company, attributes }: PersonInput) {
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
