// Changes an agent's hours or toggle for live chats, in the transaction of the use case.
import type { LiveChatAvailability, Prisma } from '../../../database/generated/client/client.ts'
import { lockChatHours } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import { markAnnounced } from './announce-status.ts'
import { type AgentStatus, readAgentStatuses } from './read-status.ts'

interface AvailabilityChange {
  workspaceId: string
  agentId: string
  now: Date
  data: Prisma.LiveChatAvailabilityUncheckedUpdateInput
}

interface ChangedAvailability {
  /** The row after the change. */
  availability: LiveChatAvailability
  before: AgentStatus
  after: AgentStatus
}

/** Changes the row of an agent, and records that its new status is published: the caller must append the event.
 * @throws NotFoundError for an agent the workspace does not have */
export async function changeAvailability(
  tx: Transaction,
  { workspaceId, agentId, now, data }: AvailabilityChange,
): Promise<ChangedAvailability> {
  // The lock comes first, so that the status read next includes every earlier change.
  if (!(await lockChatHours(tx, { workspaceId, agentId }))) throw new NotFoundError('input.agentId')
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
  if (status === undefined) throw new NotFoundError('input.agentId')
  return status
}
