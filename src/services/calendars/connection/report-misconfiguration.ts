import type { CalendarProvider } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { CalendarFault } from '../provider/calendar-fault.ts'

const TOLD_AGAIN_AFTER_MS = 24 * 60 * 60_000

/** Tells the operator that a provider refuses the installation itself. Every calendar there meets with it, on every node:
 * it is told once, and once more for each day that it lasts. */
export async function reportMisconfiguration(
  { database, clock, onError }: Pick<Services, 'database' | 'clock' | 'onError'>,
  { provider, fault }: { provider: CalendarProvider; fault: CalendarFault },
): Promise<void> {
  const now = clock.now()
  const again = new Date(now.getTime() - TOLD_AGAIN_AFTER_MS)
  const isNews = await database.$executeRaw`
    INSERT INTO "CalendarMisconfiguration" AS known ("provider", "message", "toldAt")
    VALUES (${provider}::"CalendarProvider", ${fault.message}, ${now}::timestamptz)
    ON CONFLICT ("provider", "message") DO UPDATE SET "toldAt" = excluded."toldAt"
      WHERE known."toldAt" <= ${again}::timestamptz`
  if (isNews > 0) onError(fault)
}
