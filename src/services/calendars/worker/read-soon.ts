import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'

/** Has calendars read at an instant at the latest. What is never read, built in or not connected, is left alone. */
export async function readSoon(
  database: Database | Transaction,
  { calendars, at }: { calendars: Prisma.CalendarConnectionWhereInput; at: Date },
): Promise<void> {
  await database.calendarConnection.updateMany({
    where: { AND: [calendars, { status: 'CONNECTED', syncDueAt: { gt: at } }] },
    data: { syncDueAt: at },
  })
}
