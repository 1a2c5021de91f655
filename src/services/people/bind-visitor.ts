// Binds a visitor to another person than before, and takes its anonymous history along.
import type { Person } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { LockedVisitor } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { claimToJson, type Identity } from './claim.ts'

interface Rebinding {
  visitor: LockedVisitor
  /** The person that the visitor turned out to be. */
  person: Person
  identity: Identity
}

/** Binds the visitor to another person. A known person keeps its history when a visitor leaves it. The chats and
 * dialogues of an anonymous person move along with the visitor. Its fields fill those that the new person lacks, if the visitor is verified
 * or the person is made of its claims. (An anonymous person has no meetings, because a booking needs an e-mail.)
 * @returns the person afterwards */
export async function rebindVisitor(
  tx: Transaction,
  { visitor, person, identity }: Rebinding,
): Promise<Person> {
  const { visitorId, personId: previousId } = visitor
  const claimed = claimToJson(identity.claimed)
  const [joined] = await tx.$queryRaw<(Person & { id: string | null; conversationIds: string[] })[]>`
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
    ), dialogue AS (
      UPDATE "DialogueSession" s SET "personId" = ${person.id}::uuid
      FROM anonymous WHERE s."personId" = anonymous."id" AND s."visitorId" = ${visitorId}::uuid
    ), filled AS (
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
      AND (${identity.verified}::boolean OR p."claimantId" = ${visitorId}::uuid)
    RETURNING p.*
    )
    SELECT filled.*, ARRAY(SELECT "id" FROM conversation) AS "conversationIds"
    FROM (VALUES (1)) AS once LEFT JOIN filled ON true`
  // Nothing refers to an anonymous person any more once its last visitor has left it.
  await tx.person.deleteMany({
    where: {
      id: previousId,
      email: null,
      visitors: { none: {} },
      meetings: { none: {} },
      conversations: { none: {} },
      dialogueSessions: { none: {} },
    },
  })
  if (joined === undefined) return person
  const { conversationIds, ...filled } = joined
  noteLocks(tx, 'conversation', conversationIds)
  return filled.id === null ? person : filled
}
