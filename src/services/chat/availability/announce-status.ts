// Publishes that an agent's availability for live chats has changed by the hours, or because a toggle ended. Only the
// event depends on it: the status itself is computed at every read (docs/semantics.md, section 5).
import { lockDueChatHours } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { runTransaction } from '../../transaction.ts'
import { appendStatusEvents } from './append-status-events.ts'
import { type AgentStatus, readAgentStatuses } from './read-status.ts'

const BATCH_SIZE = 100
/** Means "never": an instant that no schedule reaches. */
const NEVER = new Date('9999-12-31T00:00:00Z')

/** Checks every agent whose status may have changed since it was last published. Each change is published once, however
 * many nodes call this at the same time. */
export async function announceStatusChanges(services: Services): Promise<void> {
  const now = services.clock.now()
  let checked = BATCH_SIZE
  while (checked === BATCH_SIZE) checked = await runTransaction(services, (tx) => announceBatch(tx, now))
}

/** @returns how many agents were checked */
async function announceBatch(tx: Transaction, now: Date): Promise<number> {
  const due = await lockDueChatHours(tx, { now, limit: BATCH_SIZE })
  if (due.length === 0) return 0
  const statuses = await readAgentStatuses(tx, { agentIds: due.map(({ agentId }) => agentId), now })
  await markAnnounced(tx, statuses)
  const available = new Map(statuses.map(({ agentId, status }) => [agentId, status.available]))
  const changed = due.filter(
    ({ agentId, announcedAvailable }) => available.get(agentId) !== announcedAvailable,
  )
  await appendStatusEvents(tx, { agents: changed, now })
  return due.length
}

/** Records that the statuses are published, so that no node publishes them again before they change by themselves. */
export async function markAnnounced(tx: Transaction, statuses: AgentStatus[]): Promise<void> {
  const changesAt = statuses.map(({ status }) =>
    status.changesAt === null ? NEVER : new Date(status.changesAt),
  )
  await tx.$executeRaw`
    UPDATE "LiveChatAvailability" l
    SET "announcedAvailable" = given."available", "announceAt" = given."changesAt"
    FROM unnest(
      ${statuses.map(({ agentId }) => agentId)}::uuid[],
      ${statuses.map(({ status }) => status.available)}::boolean[],
      ${changesAt}::timestamptz[]
    ) AS given("agentId", "available", "changesAt")
    WHERE l."agentId" = given."agentId"`
}
