// The job that does what was chosen for the meetings of an agent who was removed: each meeting in a transaction of its
// own, by the same use cases as for people. It can be interrupted at any point and run again, also twice at a time: it
// only changes meetings that the agent still has.
import type { AgentRemoval, Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { AppError } from '../../errors.ts'
import { cancelMeeting } from '../booking/meetings/cancel-meeting.ts'
import { reassignMeeting } from '../booking/meetings/reassign-meeting.ts'
import type { Services } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { removalChanged } from '../events/new-events.ts'
import { readManagerIds } from '../identity/read-manager-ids.ts'
import { noClient, type RequestContext } from '../identity/request-context.ts'
import type { RemovedAgentJob } from '../jobs.ts'
import { SECOND } from '../time.ts'
import { runTransaction } from '../transaction.ts'
import { upcoming } from '../upcoming-meetings.ts'
import { readRemovalCounts } from './removal-counts.ts'

/** The shortest time between two events about the progress. */
const ANNOUNCE_EVERY_MS = SECOND

type Removal = AgentRemoval & { agent: { name: string } }

/** @throws the first fault of ours, after all other meetings were tried; a retry tries the rest */
export async function settleMeetings(services: Services, { agentId }: RemovedAgentJob): Promise<void> {
  const removal = await services.database.agentRemoval.findUnique({
    where: { agentId },
    include: { agent: { select: { name: true } } },
  })
  if (removal === null || removal.finishedAt !== null) return
  if (removal.choice !== 'KEEP') await settleEach(services, removal)
  await finish(services, removal)
}

async function settleEach(services: Services, removal: Removal): Promise<void> {
  const faults: unknown[] = []
  let announcedAt = services.clock.now().getTime()
  for (const meetingId of await readMeetingIds(services, removal)) {
    try {
      await settleMeeting(services, { removal, meetingId })
    } catch (error) {
      // Nobody can take the meeting, or it was changed or is over: it stays as it is.
      if (!(error instanceof AppError)) faults.push(error)
    }
    const now = services.clock.now().getTime()
    if (now - announcedAt < ANNOUNCE_EVERY_MS) continue
    announcedAt = now
    await announce(services, removal)
  }
  if (faults.length > 0) throw faults[0]
}

/** @returns the meetings that the agent still has, the earliest first */
async function readMeetingIds({ database, clock }: Services, removal: Removal): Promise<string[]> {
  const where: Prisma.MeetingWhereInput = {
    id: { in: removal.meetingIds },
    agentId: removal.agentId,
    ...upcoming(clock.now()),
  }
  const orderBy = [{ startsAt: 'asc' as const }, { id: 'asc' as const }]
  const meetings = await database.meeting.findMany({ where, orderBy, select: { id: true } })
  return meetings.map(({ id }) => id)
}

async function settleMeeting(
  services: Services,
  { removal, meetingId }: { removal: Removal; meetingId: string },
): Promise<void> {
  const { agentId, agent, choice } = removal
  const reason = `${agent.name} is no longer available.`
  const context = contextOf(services, removal)
  const of = { ofRemoved: agentId }
  if (choice === 'CANCEL') await cancelMeeting(context, { meeting: { meetingId }, reason }, of)
  else await reassignMeeting(context, { meetingId, reason }, of)
}

/** The product acts in place of the removed agent, so that no hold of anybody else ends by it. */
function contextOf(services: Services, { workspaceId, agentId, agent }: Removal): RequestContext {
  const permissions = new Set(['MANAGE_ALL_MEETINGS' as const])
  return {
    ...services,
    origin: null,
    client: noClient(),
    viewer: { kind: 'AGENT', workspaceId, agentId, name: agent.name, permissions },
  }
}

async function announce(services: Services, { workspaceId, agentId }: Removal): Promise<void> {
  const events = [removalChanged({ agentId })]
  const at = services.clock.now()
  await runTransaction(services, (tx) => appendEvents(tx, { workspaceId, at, events }))
}

/** Records the end once, and mails it to those who manage agents. */
async function finish(services: Services, { workspaceId, agentId }: Removal): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    noteLocks(tx, 'agent', [agentId])
    const { count } = await tx.agentRemoval.updateMany({
      where: { agentId, finishedAt: null },
      data: { finishedAt: now },
    })
    const [counts] = await readRemovalCounts(tx, [agentId])
    if (count === 0 || counts === undefined) return
    const readers = await readManagerIds(tx, workspaceId)
    const mails = readers.map((readerId) => ({ ...counts, readerId, finishedAt: now.toISOString() }))
    await services.jobs.enlist(tx, 'removal-mail', mails)
    await appendEvents(tx, { workspaceId, at: now, events: [removalChanged({ agentId })] })
  })
}
