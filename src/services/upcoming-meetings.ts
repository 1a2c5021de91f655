import type { Prisma } from '../database/generated/client/client.ts'

/** Meetings that stand and are not over. */
export const upcoming = (now: Date) =>
  ({ status: { not: 'CANCELLED' }, endsAt: { gt: now } }) satisfies Prisma.MeetingWhereInput
