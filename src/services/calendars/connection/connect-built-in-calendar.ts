// Connects an agent to the built-in calendar. With the first calendar, the agent joins the routing queue.
import type { CalendarConnection } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError } from '../../../errors.ts'
import { appendEvents } from '../../events/append-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { joinTurns } from '../../routing/join-turns.ts'
import { readPool } from '../../routing/pool.ts'
import { runTransaction } from '../../transaction.ts'
import { calendarChanged } from './calendar-changed.ts'
import { type ConnectedAgent, lockAgent } from './lock-agent.ts'

/** Has no effect when it is connected already.
 * @param input.agentId null: the viewer
 * @returns the connection
 * @throws ForbiddenError without CONNECT_CALENDAR, for a colleague without MANAGE_AGENTS
 * @throws NotFoundError for an agent the workspace does not have
 * @throws ConflictError when another calendar is connected */
export async function connectBuiltInCalendar(
  context: RequestContext,
  input: { agentId: string | null },
): Promise<CalendarConnection> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: input.agentId,
    permission: 'CONNECT_CALENDAR',
  })
  const { workspaceId } = viewer
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    await readPool(tx, { workspaceId, kind: 'MEETING', target: { roundRobin: true }, lock: true })
    // The calendar's account is the agent's e-mail address.
    const agent = await lockAgent(tx, { workspaceId, agentId })
    const present = await tx.calendarConnection.findUnique({ where: { agentId: agent.id } })
    if (present && present.provider !== 'BUILT_IN' && present.state !== 'DISCONNECTED') {
      throw new ConflictError('CALENDAR_CONNECTED', 'Another calendar is connected. Disconnect it first.')
    }
    if (present?.state === 'CONNECTED') return present
    const connection = await writeConnection(tx, { agent, now })
    noteLocks(tx, 'connection', [connection.id])
    const joins = await joinTurns(tx, { workspaceId, agentId: agent.id, kind: 'MEETING' })
    await appendEvents(tx, { workspaceId, at: now, events: calendarChanged(agent.id, { joins }) })
    return connection
  })
}

async function writeConnection(
  tx: Transaction,
  { agent, now }: { agent: ConnectedAgent; now: Date },
): Promise<CalendarConnection> {
  const connection = {
    provider: 'BUILT_IN' as const,
    accountEmail: agent.email,
    state: 'CONNECTED' as const,
    stateReason: null,
    stateReasonCode: null,
    connectedAt: now,
    lastSyncedAt: null,
    subject: null,
    scopes: [],
    knownFrom: null,
    knownUntil: null,
    syncDueAt: null,
  }
  return tx.calendarConnection.upsert({
    where: { agentId: agent.id },
    create: { ...connection, workspaceId: agent.workspaceId, agentId: agent.id },
    update: connection,
  })
}
