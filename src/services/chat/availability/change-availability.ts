// A change of what decides whether an agent is there for live chats, made in the transaction of the use case.
import type { LiveChatAvailability, Prisma } from '../../../database/generated/client/client.ts'
import { lockChatHours } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { markAnnounced } from './announce-status.ts'
import { type AgentStatus, readAgentStatuses } from './read-status.ts'

export interface AvailabilityChange {
  workspaceId: string
  agentId: string
  now: Date
  data: Prisma.LiveChatAvailabilityUncheckedUpdateInput
}

export interface ChangedAvailability {
  /** As the change left it. */
  availability: LiveChatAvailability
  before: AgentStatus
  after: AgentStatus
}

/** Changes the row of an agent and notes that its status has been told: the caller appends the event.
 * @throws NotFoundError for an agent the workspace does not have */
export async function changeAvailability(
  tx: Transaction,
  { workspaceId, agentId, now, data }: AvailabilityChange,
): Promise<ChangedAvailability> {
  // First, so that what is read next is what the changes before left.
  if (!(await lockChatHours(tx, { workspaceId, agentId }))) throw new NotFoundError('agentId')
  const before = await readOne(tx, { agentId, now })
  const availability = await tx.liveChatAvailability.update({ where: { agentId }, data })
  const after = await readOne(tx, { agentId, now })
  await markAnnounced(tx, [after])
  return { availability, before, after }
}

async function readOne(
  tx: Transaction,
  { agentId, now }: { agentId: string; now: Date },
): Promise<AgentStatus> {
  const [status] = await readAgentStatuses(tx, { agentIds: [agentId], now })
  if (status === undefined) throw new NotFoundError('agentId')
  return status
}
