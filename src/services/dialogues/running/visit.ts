// The visit of a visitor: the session within which most things count once. It is over after a while without a sign.
import { v7 as uuidv7 } from 'uuid'
import { Prisma } from '../../../database/generated/client/client.ts'
import { HAS_TOKEN } from '../../../database/locks.ts'
import { overSince } from './session-rules.ts'
import type { Actor } from './visitor-facts.ts'

/** Notes a sign of the visitor, as a CTE `visitor` without its name: its visit goes on, or another one begins. No row: the
 * visitor's token is no longer good. It locks the visitor, so that what depends on it in the same statement comes after.
 * @param sign.asRead no row either once the visitor is somebody else, or has said more; left out: no matter */
export function notingVisitor({
  visitorId,
  now,
  asRead,
}: {
  visitorId: string
  now: Date
  asRead?: Pick<Actor, 'personId' | 'claimed' | 'speaker'>
}): Prisma.Sql {
  const isAsRead = asRead
    ? Prisma.sql`"personId" = ${asRead.personId}::uuid AND "verified" = ${asRead.speaker.isVerified}::boolean
        AND "claimed" IS NOT DISTINCT FROM ${asRead.claimed && JSON.stringify(asRead.claimed)}::jsonb`
    : Prisma.sql`true`
  return Prisma.sql`
    UPDATE "Visitor" SET
      "sessionId" = CASE WHEN "seenAt" > ${overSince(now)}::timestamptz THEN "sessionId" ELSE ${uuidv7()}::uuid END,
      "seenAt" = greatest("seenAt", ${now}::timestamptz)
    WHERE "id" = ${visitorId}::uuid AND ${HAS_TOKEN} AND ${isAsRead}
    RETURNING "id", "sessionId", "verified", "personId"`
}
