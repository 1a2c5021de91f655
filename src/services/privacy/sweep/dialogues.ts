// Sessions of dialogues without a conversation, and what was counted of dialogues. Sessions with a conversation go with it.
import { Prisma } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import { DONE, type SweepRule } from './rule.ts'

const COUNTS = 2000

/** As long as the browser's token is good, its sessions say which dialogues it has completed, and which triggers it has
 * met. */
export const dialogueSessions: SweepRule = {
  name: 'sessions of dialogues',
  table: Prisma.sql`"DialogueSession"`,
  age: Prisma.sql`"endedAt"`,
  which: Prisma.sql`"endedAt" IS NOT NULL AND "conversationId" IS NULL`,
  keptMs: ({ anonymousMs }) => anonymousMs,
  rows: 500,
  remove: async ({ tx, ids, now }) => {
    const removed = await tx.$executeRaw`
      DELETE FROM "DialogueSession" WHERE "id" IN (
        SELECT s."id" FROM "DialogueSession" s
        WHERE s."id" = ANY (${ids}::uuid[]) AND s."conversationId" IS NULL AND NOT EXISTS (
          SELECT FROM "Visitor" v WHERE v."id" = s."visitorId" AND v."expiresAt" > ${now}::timestamptz
        )
        ${SKIPPING_LOCKED}
      )`
    return { removed, ...DONE }
  },
}

/** They have no id of their own, and all that are old enough go. */
export const dialogueCounts: SweepRule = {
  name: 'counts of dialogues',
  table: Prisma.sql`"DialogueCount"`,
  age: Prisma.sql`"at"`,
  which: Prisma.sql`true`,
  id: Prisma.sql`"visitorId"`,
  keptMs: ({ dialogueCountsMs }) => dialogueCountsMs,
  rows: COUNTS,
  remove: async ({ tx, until }) => {
    const removed = await tx.$executeRaw`
      DELETE FROM "DialogueCount" WHERE ctid IN (
        SELECT ctid FROM "DialogueCount" WHERE "at" <= ${until}::timestamptz
        ORDER BY "at" LIMIT ${COUNTS} ${SKIPPING_LOCKED}
      )`
    return { removed, isDone: removed < COUNTS }
  },
}
