// The visit of a visitor: the session within which most things count once. It is over after a while without a sign.
import { v7 as uuidv7 } from 'uuid'
import { Prisma } from '../../../database/generated/client/client.ts'
import { HAS_TOKEN } from '../../../database/locks.ts'
import { overSince } from './session-rules.ts'

/** Notes a sign of the visitor, as a CTE `visitor` without its name: its visit goes on, or another one begins. No row: the
 * visitor's token is no longer good. It locks the visitor, so that what depends on it in the same statement comes after. */
export function notingVisitor({ visitorId, now }: { visitorId: string; now: Date }): Prisma.Sql {
  return Prisma.sql`
    UPDATE "Visitor" SET
      "sessionId" = CASE WHEN "seenAt" > ${overSince(now)}::timestamptz THEN "sessionId" ELSE ${uuidv7()}::uuid END,
      "seenAt" = greatest("seenAt", ${now}::timestamptz)
    WHERE "id" = ${visitorId}::uuid AND ${HAS_TOKEN}
    RETURNING "id", "sessionId", "verified", "personId"`
}
