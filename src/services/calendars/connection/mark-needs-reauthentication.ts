// Marks a calendar that cannot be used until its agent connects it again. The agent can no longer be booked; the agent
// and everyone who manages agents get one mail. Meetings stay, and their entries wait.
import type { CalendarConnection, CalendarStateReason } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendars } from '../../../database/locks.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { readManagerIds } from '../../identity/read-manager-ids.ts'
import { runTransaction } from '../../transaction.ts'
import type { CalendarFault } from '../provider/calendar-fault.ts'
import { calendarChanged } from './calendar-changed.ts'
import { dropHolds } from './drop-holds.ts'

/** Has no effect when the calendar is not connected, or was reconnected meanwhile.
 * @param options.fault why */
export async function markNeedsReauthentication(
  services: Services,
  options: { connection: Pick<CalendarConnection, 'id' | 'agentId' | 'connectedAt'>; fault: CalendarFault },
): Promise<void> {
  const { connection, fault } = options
  await runTransaction(services, async (tx) => {
    const now = services.clock.now()
    await lockCalendars(tx, [connection.agentId])
    const [lost] = await tx.calendarConnection.updateManyAndReturn({
      where: { id: connection.id, state: 'CONNECTED', connectedAt: connection.connectedAt },
      data: {
        state: 'NEEDS_REAUTHENTICATION',
        stateReason: fault.message,
        stateReasonCode: codeOf(fault),
        knownFrom: null,
        knownUntil: null,
        syncDueAt: null,
        failures: 0,
        backoffUntil: null,
      },
    })
    if (lost === undefined) return
    noteLocks(tx, 'connection', [lost.id])
    const { workspaceId, agentId, id: connectionId } = lost
    await tx.calendarCredential.deleteMany({ where: { connectionId } })
    await tx.calendarBusy.deleteMany({ where: { connectionId } })
    // Channels may end with the access, without any notice.
    await tx.calendarChannel.deleteMany({ where: { connectionId } })
    await dropHolds(tx, agentId)
    const connectedAt = lost.connectedAt.toISOString()
    const recipients = new Set([agentId, ...(await readManagerIds(tx, workspaceId))])
    await services.jobs.enlist(
      tx,
      'calendar-mail',
      [...recipients].map((recipient) => ({
        agentId: recipient,
        connectionId,
        connectedAt,
        lostAt: now.toISOString(),
      })),
    )
    await appendEvents(tx, { workspaceId, at: now, events: calendarChanged(agentId) })
  })
}

function codeOf({ kind }: CalendarFault): CalendarStateReason {
  return kind === 'CALENDAR_GONE' || kind === 'NO_MAILBOX' ? kind : 'ACCESS_ENDED'
}
