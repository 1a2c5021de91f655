// What was written for meetings that are long over. The meeting stays, with its agent, person, time, status and outcome.
import { Prisma } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import { VALID_AFTER_MEETING_MS } from '../../identity/meeting-link.ts'
import { clearMeetings } from '../clear-meetings.ts'
import { DONE, type SweepRule } from './rule.ts'

export const meetings: SweepRule = {
  name: 'texts of meetings',
  table: Prisma.sql`"Meeting"`,
  age: Prisma.sql`"endsAt"`,
  which: Prisma.sql`"clearedAt" IS NULL`,
  // The link in the mail shows the meeting as long as it is good.
  keptMs: ({ conversationsMs }) => Math.max(conversationsMs, VALID_AFTER_MEETING_MS),
  rows: 500,
  remove: async ({ tx, ids, now }) => {
    const locked = await tx.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Meeting" WHERE "id" = ANY (${ids}::uuid[]) ${SKIPPING_LOCKED}`
    return { removed: await clearMeetings(tx, { ids: locked.map(({ id }) => id), now }), ...DONE }
  },
}
