// What subscribers have been told of agents' statuses, and when to look again.
import type { Transaction } from '../../../database/open.ts'
import type { NewEvent } from '../../events/append-events.ts'
import type { AgentStatus } from './read-status.ts'

/** Stands for "never": an instant that no schedule reaches. */
const NEVER = new Date('9999-12-31T00:00:00Z')

/** The status of an agent is another than was told. */
export const statusChanged = (agentId: string): NewEvent => ({
  type: 'LiveChatStatusChanged',
  payload: { agentId },
  agentIds: [agentId],
})

/** Notes that the statuses are told, so that nobody tells them again before they change by themselves. */
export async function markAnnounced(tx: Transaction, statuses: AgentStatus[]): Promise<void> {
  const lookAgainAt = statuses.map(({ status }) =>
    status.changesAt === null ? NEVER : new Date(status.changesAt),
  )
  await tx.$executeRaw`
    UPDATE "LiveChatAvailability" l
    SET "announcedAvailable" = told."available", "announceAt" = told."lookAgainAt"
    FROM unnest(
      ${statuses.map(({ agentId }) => agentId)}::uuid[],
      ${statuses.map(({ status }) => status.available)}::boolean[],
      ${lookAgainAt}::timestamptz[]
    ) AS told("agentId", "available", "lookAgainAt")
    WHERE l."agentId" = told."agentId"`
}
