import { Prisma } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import { DONE, type SweepRule } from './rule.ts'

/** Records of routing decisions, except those about a meeting to come or a chat that is not over. */
export const decisions: SweepRule = {
  name: 'routing decisions',
  table: Prisma.sql`"RoutingDecision"`,
  age: Prisma.sql`"decidedAt"`,
  which: Prisma.sql`true`,
  keptMs: ({ decisionsMs }) => decisionsMs,
  rows: 1000,
  remove: async ({ tx, ids, now }) => {
    const removed = await tx.$executeRaw`
      DELETE FROM "RoutingDecision" WHERE "id" IN (
        SELECT d."id" FROM "RoutingDecision" d
        WHERE d."id" = ANY (${ids}::uuid[])
          AND NOT EXISTS (
            SELECT FROM "Meeting" m
            WHERE m."id" = d."meetingId" AND m."status" <> 'CANCELLED' AND m."endsAt" > ${now}::timestamptz
          )
          AND NOT EXISTS (
            SELECT FROM "Conversation" c WHERE c."id" = d."conversationId" AND c."endedAt" IS NULL
          )
        ${SKIPPING_LOCKED}
      )`
    return { removed, ...DONE }
  },
}
