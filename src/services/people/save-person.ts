// Creates people, and stores what is said of them. The claims of an unverified visitor change only a person that was made
// of its claims (docs/semantics.md, section 9).
import { v7 as uuidv7 } from 'uuid'
import type { Person } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { lockingUniqueValue } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import type { PersonInput } from './person-input.ts'

/** @param claimantId the unverified visitor of whose claims the person would be made
 * @returns the person with the e-mail, created unless the workspace has one */
export async function findOrCreatePerson(
  tx: Transaction,
  given: { workspaceId: string; email: string; claimantId: string | null; now: Date },
): Promise<Person> {
  const { workspaceId, email, claimantId, now } = given
  const value = { workspaceId, of: 'person e-mail' as const, value: email }
  // An upsert that sets the e-mail would lock the person's key, and every transaction that writes in one of the person's
  // chats would wait for it.
  await tx.$executeRaw`
    WITH locked AS MATERIALIZED (${lockingUniqueValue(tx, value)})
    INSERT INTO "Person" ("id", "workspaceId", "email", "claimantId", "createdAt")
    SELECT ${uuidv7()}::uuid, ${workspaceId}::uuid, ${email}, ${claimantId}::uuid, ${now}::timestamptz FROM locked
    ON CONFLICT DO NOTHING`
  return tx.person.findUniqueOrThrow({ where: { workspaceId_email: { workspaceId, email } } })
}

/** Stores what staff or a verified visitor says of a person, whom claims do not change any more.
 * @returns the person afterwards */
export async function savePerson(
  tx: Transaction,
  { person, said }: { person: Person; said: PersonInput },
): Promise<Person> {
  const data = { ...givenFields(said), claimantId: null }
  const saved = await tx.person.update({ where: { id: person.id }, data })
  noteLocks(tx, 'person', [saved.id])
  return saved
}

/** Stores what an unverified visitor says, if the person was made of its claims.
 * @returns the person afterwards */
export async function saveClaim(
  tx: Transaction,
  { person, said, claimantId }: { person: Person; said: PersonInput; claimantId: string },
): Promise<Person> {
  const data = givenFields(said)
  if (Object.keys(data).length === 0) return person
  const [saved] = await tx.person.updateManyAndReturn({ where: { id: person.id, claimantId }, data })
  if (saved === undefined) return person
  noteLocks(tx, 'person', [saved.id])
  return saved
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
    ...(company?.attributes ? { companyAttributes: company.attributes } : {}),
    ...(attributes ? { attributes } : {}),
  }
}
