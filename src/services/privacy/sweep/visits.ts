// Visits in which the visitor did nothing, those that are over, and anonymous people of whom nothing else is left.
import { Prisma } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { DONE, type Portion, type SweepRule } from './rule.ts'

const ROWS = 500

/** A condition on a visitor `v`: no chat names it. */
const HAS_NO_CHAT = Prisma.sql`NOT EXISTS (SELECT FROM "Conversation" c WHERE c."visitorId" = v."id")`

/** The visitor has said nothing of itself, nobody has recorded anything of its person, and it holds no slot. */
const DID_NOTHING = Prisma.sql`
  NOT v."verified" AND v."claimed" IS NULL AND ${HAS_NO_CHAT}
  AND NOT EXISTS (SELECT FROM "Reservation" r WHERE r."holder" = 'visitor:' || v."id")
  AND EXISTS (
    SELECT FROM "Person" p WHERE p."id" = v."personId" AND p."email" IS NULL AND p."claimantId" = v."id"
  )`

/** Nothing refers to a person `p`. */
const NOTHING_IS_LEFT = Prisma.sql`
  p."email" IS NULL
  AND NOT EXISTS (SELECT FROM "Visitor" v WHERE v."personId" = p."id")
  AND NOT EXISTS (SELECT FROM "Conversation" c WHERE c."personId" = p."id")
  AND NOT EXISTS (SELECT FROM "DialogueSession" s WHERE s."personId" = p."id")
  AND NOT EXISTS (SELECT FROM "Meeting" m WHERE m."personId" = p."id")`

export const idleVisits: SweepRule = {
  name: 'idle visits',
  table: Prisma.sql`"Visitor"`,
  age: Prisma.sql`"createdAt"`,
  which: Prisma.sql`true`,
  keptMs: ({ idleVisitsMs }) => idleVisitsMs,
  rows: ROWS,
  remove: async ({ tx, ids }) => {
    const personIds = await deleteVisitors(tx, { ids, which: DID_NOTHING })
    await deletePeople(tx, personIds)
    return { removed: personIds.length, ...DONE }
  },
}

export const endedVisits: SweepRule = {
  ...idleVisits,
  name: 'ended visits',
  keptMs: ({ anonymousMs }) => anonymousMs,
  remove: async ({ tx, ids, now }) => {
    const which = Prisma.sql`v."expiresAt" <= ${now}::timestamptz AND ${HAS_NO_CHAT}`
    return { removed: (await deleteVisitors(tx, { ids, which })).length, ...DONE }
  },
}

export const anonymousPeople: SweepRule = {
  name: 'anonymous people',
  table: Prisma.sql`"Person"`,
  age: Prisma.sql`"createdAt"`,
  which: Prisma.sql`"email" IS NULL`,
  keptMs: ({ anonymousMs }) => anonymousMs,
  rows: ROWS,
  remove: async ({ tx, ids }: Portion) => ({ removed: await deletePeople(tx, ids), ...DONE }),
}

/** The condition is checked again under the lock: a visitor may have begun to do something meanwhile.
 * @returns the people of the visitors that were deleted */
async function deleteVisitors(
  tx: Transaction,
  { ids, which }: { ids: string[]; which: Prisma.Sql },
): Promise<string[]> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT v."id" FROM "Visitor" v WHERE v."id" = ANY (${ids}::uuid[]) AND ${which} ${SKIPPING_LOCKED}`
  const deleted = await tx.$queryRaw<{ personId: string }[]>`
    DELETE FROM "Visitor" v WHERE v."id" = ANY (${locked.map(({ id }) => id)}::uuid[]) AND ${which}
    RETURNING v."personId"`
  return deleted.map(({ personId }) => personId)
}

/** @returns how many were deleted */
async function deletePeople(tx: Transaction, ids: string[]): Promise<number> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT p."id" FROM "Person" p WHERE p."id" = ANY (${ids}::uuid[]) AND ${NOTHING_IS_LEFT} ${SKIPPING_LOCKED}`
  return tx.$executeRaw`
    DELETE FROM "Person" p WHERE p."id" = ANY (${locked.map(({ id }) => id)}::uuid[]) AND ${NOTHING_IS_LEFT}`
}
