// Disconnects an agent's calendar. The position in the routing queue and the meetings stay. Holds are deleted, because
// the agent can no longer be booked. Access is revoked at the provider afterwards, if the provider can be reached.
import type {
  CalendarChannel,
  CalendarConnection,
  CalendarCredential,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockCalendars } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError, NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireOwnOrManaged } from '../../identity/viewer.ts'
import { runTransaction } from '../../transaction.ts'
import { inviteInsteadOfCalendar } from '../entries/invite-by-mail.ts'
import { closeChannel } from '../worker/channels.ts'
import { calendarChanged } from './calendar-changed.ts'
import { dropHolds } from './drop-holds.ts'

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
  const { connection, detached } = await runTransaction(context, async (tx) => {
    const agent = await tx.agent.findFirst({ where: { id: agentId, workspaceId, removedAt: null } })
    if (agent === null) throw new NotFoundError('input.agentId')
    await lockCalendars(tx, [agent.id])
    const [connection] = await tx.calendarConnection.updateManyAndReturn({
      where: { agentId: agent.id, state: { not: 'DISCONNECTED' } },
      data: {
        state: 'DISCONNECTED',
        stateReason: null,
        stateReasonCode: null,
        scopes: [],
        knownFrom: null,
        knownUntil: null,
        syncDueAt: null,
        backoffUntil: null,
        failures: 0,
      },
    })
    if (connection === undefined)
      throw new ConflictError('CALENDAR_NOT_CONNECTED', 'No calendar is connected.')
    noteLocks(tx, 'connection', [connection.id])
    const detached = await detachCredentials(tx, connection.id)
    await dropHolds(tx, agent.id)
    await inviteInsteadOfCalendar(context, { tx, agentId: agent.id, now: context.clock.now() })
    const events = calendarChanged(agent.id)
    await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
    return { connection, detached }
  })
  await revokeAccess(context, { connection, detached })
  return connection
}

interface DetachedCredentials {
  credential: CalendarCredential | null
  channels: CalendarChannel[]
}

/** Deletes the credential, the channels and the known busy time.
 * @returns what is needed to revoke the access at the provider */
export async function detachCredentials(tx: Transaction, connectionId: string): Promise<DetachedCredentials> {
  const where = { connectionId }
  const credential = await tx.calendarCredential.findUnique({ where })
  const channels = await tx.calendarChannel.findMany({ where })
  await tx.calendarCredential.deleteMany({ where })
  await tx.calendarChannel.deleteMany({ where })
  await tx.calendarBusy.deleteMany({ where })
  return { credential, channels }
}

/** Closes the channels and revokes the credential at the provider. A failure is logged: the calendar is disconnected
 * already. */
export async function revokeAccess(
  services: Services,
  {
    connection,
    detached: { credential, channels },
  }: { connection: CalendarConnection; detached: DetachedCredentials },
): Promise<void> {
  const { calendars, secrets, onError } = services
  const { id, provider, timeZone } = connection
  const { api, connector } = calendars[provider]
  if (api === null || connector === null || credential === null) return
  const token = async () => secrets.open(credential.accessToken, id)
  const access = { connectionId: id, timeZone, token }
  // A channel that cannot be closed must not prevent the revocation.
  for (const channel of channels) await closeChannel({ api, access }, channel).catch(onError)
  const revoke = async () => connector.revoke(secrets.open(credential.refreshToken, id))
  await revoke().catch(onError)
}
