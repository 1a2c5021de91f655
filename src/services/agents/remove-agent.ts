// Removes an agent from the workspace. The row stays for the meetings that refer to it; everything that let the agent
// sign in, be offered or be chosen is deleted.
import { type Agent, type MeetingsOfRemovedAgent, Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { lockCalendars, lockConnections, lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'
import { saveUses } from '../attributes/uses.ts'
import { detachCredentials, revokeAccess } from '../calendars/connection/disconnect-calendar.ts'
import { dropHolds } from '../calendars/connection/drop-holds.ts'
import { inviteInsteadOfCalendar } from '../calendars/entries/invite-by-mail.ts'
import { leaveChats } from '../chat/availability/leave-chats.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent, removalChanged } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission } from '../identity/viewer.ts'
import { leavePlaces, leavePools } from '../routing/leave-pools.ts'
import { runTransaction } from '../transaction.ts'
import { upcoming } from '../upcoming-meetings.ts'
import { requireAdministrator } from './require-administrator.ts'

/** Offers the agent's active chats and the pending ones to the next agent. Where a pool's pointer is on the agent, it
 * moves to the agent before.
 * @param options.meetings what becomes of the meetings to come; a job does it after the removal (settle-meetings.ts)
 * @returns the agent as removed
 * @throws ForbiddenError without MANAGE_AGENTS
 * @throws NotFoundError for an unknown or already removed agent
 * @throws ConflictError for the viewer's own account and for the last administrator */
export async function removeAgent(
  context: RequestContext,
  agentId: string,
  { meetings = 'KEEP' }: { meetings?: MeetingsOfRemovedAgent } = {},
): Promise<Agent> {
  const viewer = requirePermission(context.viewer, 'MANAGE_AGENTS')
  const { workspaceId } = viewer
  const now = context.clock.now()
  const { removed, calendar } = await runTransaction(context, async (tx) => {
    await lockUniqueValues(tx, { workspaceId, of: 'slug' })
    const teamIds = await leavePools(tx, { workspaceId, agentId })
    const agent = await markRemoved(tx, { workspaceId, agentId, now })
    if (agent.id === viewer.agentId)
      throw new ConflictError('OWN_ACCOUNT', 'Agents cannot remove themselves.')
    const calendar = await detachCalendar(tx, agent.id)
    await dropHolds(tx, agent.id)
    await leavePlaces(tx, { workspaceId, agentId })
    await inviteInsteadOfCalendar(context, { tx, agentId, now })
    // Only now: its account is the organizer of the invitations that it sent.
    await tx.calendarConnection.deleteMany({ where: { agentId } })
    await requireAdministrator(tx, workspaceId)
    await recordRemoval(context, { tx, agent, choice: meetings, now })
    const events = [
      removalChanged({ agentId }),
      ...teamIds.map((teamId) => newEvent.teamChanged({ teamId, agentIds: [agentId] })),
      newEvent.routingChanged({ kind: 'MEETING' }),
      newEvent.routingChanged({ kind: 'LIVE_CHAT' }),
      newEvent.accessChanged({ agentId }),
    ]
    await appendEvents(tx, { workspaceId, at: now, events })
    return { removed: agent, calendar }
  })
  await leaveChats(context, removed.id)
  if (calendar) await revokeAccess(context, calendar)
  return removed
}

/** @throws NotFoundError for an unknown or already removed agent */
async function markRemoved(
  tx: Transaction,
  { workspaceId, agentId, now }: { workspaceId: string; agentId: string; now: Date },
): Promise<Agent> {
  noteLocks(tx, 'agent', [agentId])
  const [agent] = await tx.agent.updateManyAndReturn({
    where: { id: agentId, workspaceId, removedAt: null },
    data: { removedAt: now },
  })
  if (agent === undefined) throw new NotFoundError('input.agentId')
  // A request for this agent alone locks no pool. It notices the removal by the new version of this row.
  await tx.liveChatAvailability.updateMany({ where: { agentId }, data: { toggledTo: null, toggledAt: null } })
  await tx.agentRole.deleteMany({ where: { agentId } })
  await tx.pushSubscription.deleteMany({ where: { agentId } })
  await tx.bookable.deleteMany({ where: { workspaceId, agentId } })
  await saveUses(tx, { workspaceId, agentId, attributeIds: [] })
  return agent
}

/** Records the choice with the meetings to come, and enlists the job if there are any. The calendar must be locked. */
async function recordRemoval(
  { jobs }: Pick<RequestContext, 'jobs'>,
  removal: { tx: Transaction; agent: Agent; choice: MeetingsOfRemovedAgent; now: Date },
): Promise<void> {
  const { tx, agent, choice, now } = removal
  const { id: agentId, workspaceId } = agent
  const toCome = await tx.meeting.findMany({
    where: { agentId, ...upcoming(now) },
    select: { id: true },
  })
  const meetingIds = toCome.map(({ id }) => id)
  const finishedAt = meetingIds.length === 0 ? now : null
  await tx.agentRemoval.create({
    data: { agentId, workspaceId, choice, meetingIds, removedAt: now, finishedAt },
  })
  if (finishedAt === null) await jobs.enlist(tx, 'removed-agent', [{ agentId }])
}

/** Locks the connection, and deletes what gives access to the calendar.
 * @returns what to revoke at the provider after the commit; null when the agent never had a calendar */
async function detachCalendar(
  tx: Transaction,
  agentId: string,
): Promise<Parameters<typeof revokeAccess>[1] | null> {
  await lockCalendars(tx, [agentId])
  await lockConnections(tx, Prisma.sql`"agentId" = ${agentId}::uuid`)
  const connection = await tx.calendarConnection.findUnique({ where: { agentId } })
  return connection && { connection, detached: await detachCredentials(tx, connection.id) }
}
