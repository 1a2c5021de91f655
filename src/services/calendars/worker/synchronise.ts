// Reads a calendar: the agent's busy time, and what the agent has done to our own events.
import { type CalendarConnection, Prisma } from '../../../database/generated/client/client.ts'
import { lockConnections } from '../../../database/locks.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import type { OwnEvent } from '../../ports/calendar-provider.ts'
import { runTransaction } from '../../transaction.ts'
import type { OpenCalendar } from '../entries/write-entry.ts'
import { readExternalBusyTime } from '../readings/external-busy-time.ts'
import { type SavedReading, saveReading } from '../readings/save-reading.ts'
import { readWindow } from '../readings/window.ts'
import { nextSyncAfter } from '../rules.ts'
import type { CurrentEntry, WorkerServices } from './remote-change.ts'

/** @throws CalendarFault; then the known busy time stays, and ages */
export async function synchronise(
  services: WorkerServices,
  { api, access, connection }: OpenCalendar & { connection: CalendarConnection },
): Promise<void> {
  const { database, clock } = services
  const readAt = clock.now()
  const window = await readWindow(database, { agentId: connection.agentId, now: readAt })
  const reading = await api.read(access, window)
  const { agentId } = connection
  const busy = await readExternalBusyTime(database, { agentId, reading })
  const { timeZone } = reading
  const nextAt = nextSyncAfter(readAt, Math.random())
  await keep(services, { connection, saved: { connection, busy, timeZone, window, readAt, nextAt } })
  const events = new Map(reading.own.map((event) => [event.eventId, event]))
  for (const entry of await readEntries(services, { agentId, own: reading.own, readAt })) {
    const event = events.get(entry.eventId) ?? (await api.findEvent(access, entry.eventId))
    // A change that cannot be applied must not block the others.
    await services.applyRemoteChange(services, { entry, event }).catch(services.onError)
  }
}

async function keep(
  services: Services,
  { connection, saved }: { connection: CalendarConnection; saved: SavedReading },
): Promise<void> {
  const { workspaceId, agentId } = connection
  await runTransaction(services, async (tx) => {
    // The reading is discarded when the calendar was disconnected, reconnected or leased to another node meanwhile.
    const isAsRead = Prisma.sql`"id" = ${connection.id}::uuid AND "state" = 'CONNECTED'
      AND "connectedAt" = ${connection.connectedAt}::timestamptz
      AND "leasedUntil" IS NOT DISTINCT FROM ${connection.leasedUntil}::timestamptz`
    if ((await lockConnections(tx, isAsRead)).length === 0) return
    const changed = await saveReading(tx, saved)
    const events = [newEvent.busyTimeChanged({ agentId })]
    if (changed) await appendEvents(tx, { workspaceId, at: saved.readAt, events })
  })
}

/** Also those of meetings that are over here but lie ahead in the calendar: moved into the past by mistake, and back. */
async function readEntries(
  { database }: Services,
  { agentId, own, readAt }: { agentId: string; own: OwnEvent[]; readAt: Date },
): Promise<CurrentEntry[]> {
  const isToCome = ({ end }: OwnEvent) => end > readAt.getTime()
  const toCome = own.filter(isToCome).map(({ meetingId }) => meetingId)
  const entries = await database.calendarEntry.findMany({
    where: {
      agentId,
      eventId: { not: null },
      meeting: {
        agentId,
        status: { not: 'CANCELLED' },
        OR: [{ endsAt: { gt: readAt } }, { id: { in: toCome }, outcome: null }],
      },
    },
    include: { meeting: true },
  })
  return entries.flatMap(({ eventId, ...entry }) =>
    eventId === null || entry.revision !== entry.meeting.revision ? [] : [{ ...entry, eventId }],
  )
}
