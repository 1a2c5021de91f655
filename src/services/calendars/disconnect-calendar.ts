// Gives up an agent's calendar. The place in the order of turns and the meetings stay; holds are dropped, because
// nothing can be booked with the agent any more.
import type { CalendarConnection } from '../../database/generated/client/client.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'
import type { RequestContext } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { requireOwnOrManaged } from '../identity/viewer.ts'
import { runTransaction } from '../transaction.ts'

/** @param input.agentId null: the viewer
 * @returns the connection afterwards
 * @throws ForbiddenError without CONNECT_CALENDAR, for a colleague without MANAGE_AGENTS
 * @throws NotFoundError for an agent the workspace does not have
 * @throws ConflictError when no calendar is connected */
export async function disconnectCalendar(
  context: RequestContext,
  input: { agentId: string | null },
): Promise<CalendarConnection> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: input.agentId,
    permission: 'CONNECT_CALENDAR',
  })
  const { workspaceId } = viewer
  return runTransaction(context, async (tx) => {
    const agent = await tx.agent.findFirst({ where: { id: agentId, workspaceId, removedAt: null } })
    if (agent === null) throw new NotFoundError('agentId')
    const [connection] = await tx.calendarConnection.updateManyAndReturn({
      where: { agentId: agent.id, status: { not: 'DISCONNECTED' } },
      data: { status: 'DISCONNECTED', statusReason: null },
    })
    if (connection === undefined) throw new ConflictError('agentId: no calendar is connected.')
    await tx.reservation.deleteMany({ where: { agentId: agent.id, meetingId: null } })
    const event = {
      type: 'CalendarStatusChanged' as const,
      payload: { agentId: agent.id },
      agentIds: [agent.id],
    }
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events: [event] })
    return connection
  })
}
