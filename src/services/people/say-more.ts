// A visitor says more of itself, but not who it is: no e-mail address. In one statement, because dialogues do so often.
import { Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { LockedVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { addClaim, claimToJson, type Identity, readClaim } from './claim.ts'
import type { PersonInput } from './person-input.ts'
import { givenFields } from './save-person.ts'

/** Does what `identifyPerson` does with it: stores it with the person of a verified visitor, and with one that is made of the
 * visitor's claims, and otherwise only as a claim.
 * @param given.said values that are known to fit their definitions
 * @returns who the visitor is afterwards */
export async function sayMore(
  tx: Transaction,
  { visitor, said }: { visitor: LockedVisitor; said: Omit<PersonInput, 'email'> },
): Promise<Identity> {
  const { visitorId, personId, verified } = visitor
  const claimed = verified ? null : addClaim(readClaim(visitor.claimed), said)
  const assignments = assigning(said)
  if (assignments.length === 0) return { verified, claimed }
  noteLocks(tx, 'person', [personId])
  const claim = Prisma.sql`${claimToJson(claimed)}::jsonb`
  // Counting the people makes the statement lock the person before the chats.
  const chats = await tx.$queryRaw<{ id: string }[]>`
    WITH person AS (
      UPDATE "Person" SET ${Prisma.join(assignments)},
        "claimantId" = CASE WHEN ${verified}::boolean THEN NULL ELSE "claimantId" END
      WHERE "id" = ${personId}::uuid AND (${verified}::boolean OR "claimantId" = ${visitorId}::uuid)
      RETURNING "id"
    ), visitor AS (
      UPDATE "Visitor" SET "claimed" = ${claim} WHERE "id" = ${visitorId}::uuid AND NOT ${verified}::boolean
    )
    UPDATE "Conversation" SET "claimed" = ${claim}
    WHERE "visitorId" = ${visitorId}::uuid AND "personId" = ${personId}::uuid AND "endedAt" IS NULL
      AND NOT ${verified}::boolean AND (SELECT count(*) FROM person) IS NOT NULL
    RETURNING "id"`
  noteLocks(
    tx,
    'conversation',
    chats.map(({ id }) => id),
  )
  return { verified, claimed }
}

/** The columns of the person with what is said. */
function assigning(said: Omit<PersonInput, 'email'>): Prisma.Sql[] {
  return Object.entries(givenFields(said)).map(([column, value]) => {
    const name = Prisma.raw(`"${column}"`)
    return typeof value === 'string'
      ? Prisma.sql`${name} = ${value}`
      : Prisma.sql`${name} = ${JSON.stringify(value)}::jsonb`
  })
}
