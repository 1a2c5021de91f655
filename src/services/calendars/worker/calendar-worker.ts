// Writes the due entries of calendars and reads the due calendars, one request after the other for each calendar. Every
// node polls for due work once a second, and holds a lease on the calendar that it works on. Work and due times are
// rows, so that nothing is lost when a node is killed.
import type { CalendarConnection, CalendarEntry } from '../../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../../database/locks.ts'
import type { Services } from '../../context.ts'
import { repeatedly } from '../../repeatedly.ts'
import { openCalendar } from '../connection/calendar-access.ts'
import { noteFailure } from '../entries/note-entry.ts'
import { type OpenCalendar, writeEntry } from '../entries/write-entry.ts'
import { calendarBackOff, concernsCalendar, handleCalendarFault, toCalendarFault } from '../fault-policy.ts'
import { type CalendarFault, notSetUp } from '../provider/calendar-fault.ts'
import { keepChannelOpen } from './channels.ts'
import type { WorkerServices } from './remote-change.ts'
import { synchronise } from './synchronise.ts'

const POLL_INTERVAL_MS = 1000
/** Long enough for the work on one calendar: no entry is started in the second half of the lease. If the lease ends early
 * nevertheless, `synchronise` discards its reading. */
const LEASE_MS = 60_000
/** A node without a heartbeat for so long has been killed, or cut off from the database. */
const NODE_GONE_AFTER_MS = 15_000
const CALENDARS_AT_ONCE = 20
const ENTRIES_PER_LEASE = 20

/** A calendar that answers slowly does not delay the others.
 * @returns stops the worker; resolves once the running work is done */
export function startCalendarWorker(services: WorkerServices): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const poll = async () => {
    for (const connection of await claim(services, CALENDARS_AT_ONCE - running.size)) {
      const done = work(services, connection)
        .catch(services.onError)
        .finally(() => running.delete(done))
      running.add(done)
    }
  }
  const stop = repeatedly(poll, { everyMs: POLL_INTERVAL_MS, onError: services.onError })
  return async () => {
    await stop()
    await Promise.all(running)
  }
}

/** Does the due work of up to `CALENDARS_AT_ONCE` calendars, once. */
export async function runCalendarWork(services: WorkerServices): Promise<void> {
  const claimed = await claim(services, CALENDARS_AT_ONCE)
  await Promise.all(claimed.map((one) => work(services, one).catch(services.onError)))
}

type Claimed = CalendarConnection & { isSyncDue: boolean }

/** Leases due calendars, those with entries to write first. A calendar to read becomes due again when the lease ends,
 * in case this node is killed. */
function claim({ nodeId, database, clock }: Services, limit: number): Promise<Claimed[]> {
  const now = clock.now()
  const lastAlive = new Date(now.getTime() - NODE_GONE_AFTER_MS)
  const leasedUntil = new Date(now.getTime() + LEASE_MS)
  return database.$queryRaw<Claimed[]>`
    WITH to_write AS MATERIALIZED (
      SELECT DISTINCT "agentId" FROM "CalendarEntry" WHERE "dueAt" <= ${now}::timestamptz
    ), due AS (
      SELECT c."id", coalesce(c."syncDueAt" <= ${now}::timestamptz, false) AS "isSyncDue"
      FROM "CalendarConnection" c
      WHERE c."state" = 'CONNECTED'
        AND (coalesce(c."leasedUntil" <= ${now}::timestamptz, true) OR EXISTS (
          SELECT FROM "NodeHeartbeat" n WHERE n."nodeId" = c."leasedBy" AND n."at" < ${lastAlive}::timestamptz
        ))
        AND coalesce(c."backoffUntil" <= ${now}::timestamptz, true)
        AND (c."syncDueAt" <= ${now}::timestamptz OR c."agentId" IN (SELECT "agentId" FROM to_write))
      ORDER BY c."agentId" IN (SELECT "agentId" FROM to_write) DESC, c."syncDueAt"
      LIMIT ${limit} ${SKIPPING_LOCKED}
    )
    UPDATE "CalendarConnection" c SET "leasedUntil" = ${leasedUntil}::timestamptz, "leasedBy" = ${nodeId}::uuid,
      "syncDueAt" = CASE WHEN due."isSyncDue" THEN ${leasedUntil}::timestamptz ELSE c."syncDueAt" END
    FROM due WHERE c."id" = due."id" RETURNING c.*, due."isSyncDue"`
}

async function work(services: WorkerServices, connection: Claimed): Promise<void> {
  const { database, stopSignal } = services
  const { id, leasedUntil } = connection
  const { api } = services.calendars[connection.provider]
  try {
    if (api === null) throw notSetUp(connection.provider)
    const calendar = { api, access: openCalendar(services, connection, { signal: stopSignal }) }
    const hasWritten = await writeEntries(services, { connection, calendar })
    // After entries were written, the calendar is read once. The built-in calendar is never read.
    if (connection.isSyncDue || (hasWritten && connection.syncDueAt !== null)) {
      await synchronise(services, { ...calendar, connection })
      await keepChannelOpen(services, { ...calendar, connection })
    }
  } catch (error) {
    if (stopSignal.aborted) return await giveBack(services, connection)
    const fault = toCalendarFault(error)
    if (fault !== error) services.onError(error)
    else await handleCalendarFault(services, { connection, fault, isRepeat: connection.failures > 0 })
    await backOff(services, { connection, fault })
  } finally {
    await database.calendarConnection.updateMany({ where: { id, leasedUntil }, data: { leasedUntil: null } })
  }
}

/** This node stops. The calendar is due again at once, and nothing counts as a failure of it. */
async function giveBack({ database, clock }: Services, { id, isSyncDue }: Claimed): Promise<void> {
  if (!isSyncDue) return
  await database.calendarConnection.updateMany({ where: { id }, data: { syncDueAt: clock.now() } })
}

/** @returns whether an entry was written
 * @throws CalendarFault when the calendar needs a back-off */
async function writeEntries(
  services: WorkerServices,
  { connection, calendar }: { connection: Claimed; calendar: OpenCalendar },
): Promise<boolean> {
  const { database, clock } = services
  const lastStartAt = (connection.leasedUntil?.getTime() ?? 0) - LEASE_MS / 2
  const due = await database.calendarEntry.findMany({
    where: { agentId: connection.agentId, dueAt: { lte: clock.now() } },
    orderBy: { dueAt: 'asc' },
    take: ENTRIES_PER_LEASE,
  })
  let hasWritten = false
  for (const entry of due) {
    if (clock.now().getTime() > lastStartAt) break
    const fault = await tryEntry(services, { calendar, entry })
    // The provider asks for a pause: the other entries wait.
    if (fault !== null && fault.retryAfterMs !== null) throw fault
    hasWritten ||= fault === null
  }
  return hasWritten
}

/** @returns a fault of this entry alone; null: it was written
 * @throws CalendarFault when no entry of the calendar can be written at present */
async function tryEntry(
  services: WorkerServices,
  { calendar, entry }: { calendar: OpenCalendar; entry: CalendarEntry },
): Promise<CalendarFault | null> {
  try {
    await writeEntry(services, calendar, entry)
    return null
  } catch (error) {
    if (services.stopSignal.aborted) throw error
    // An unexpected error with one entry must not stop the work on the whole calendar.
    const fault = toCalendarFault(error)
    if (fault !== error) services.onError(error)
    if (concernsCalendar(fault)) throw fault
    await noteFailure(services, { entry, fault })
    return fault
  }
}

async function backOff(
  { database, clock }: Services,
  { connection, fault }: { connection: Claimed; fault: CalendarFault },
): Promise<void> {
  const now = clock.now()
  const failures = connection.failures + 1
  const pause = calendarBackOff(fault, failures)
  if (pause === null) return
  await database.calendarConnection.updateMany({
    where: { id: connection.id, state: 'CONNECTED', connectedAt: connection.connectedAt },
    data: {
      failures,
      backoffUntil: new Date(now.getTime() + pause),
      ...(connection.isSyncDue ? { syncDueAt: now } : {}),
    },
  })
}
