import type { CalendarProvider } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { CalendarFault } from '../provider/calendar-fault.ts'

const REPORTED_AGAIN_AFTER_MS = 24 * 60 * 60_000

/** Reports to the operator that a provider refuses the installation itself. All calendars of the provider hit the same
 * fault on all nodes, so it is reported once a day. */
export async function reportMisconfiguration(
  { database, clock, onError }: Pick<Services, 'database' | 'clock' | 'onError'>,
  { provider, fault }: { provider: CalendarProvider; fault: CalendarFault },
): Promise<void> {
  const now = clock.now()
  const again = new Date(now.getTime() - REPORTED_AGAIN_AFTER_MS)
  const isNews = await database.$executeRaw`
    INSERT INTO "CalendarMisconfiguration" AS known ("provider", "message", "reportedAt")
    VALUES (${provider}::"CalendarProvider", ${fault.message}, ${now}::timestamptz)
    ON CONFLICT ("provider", "message") DO UPDATE SET "reportedAt" = excluded."reportedAt"
      WHERE known."reportedAt" <= ${again}::timestamptz`
  if (isNews > 0) onError(fault)
}
