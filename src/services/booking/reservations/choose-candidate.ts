// Decides whose turn it is. Concurrent transactions can take the same time of an agent through another pool or without
// one, so the chosen agent is read once more under the lock of the agent's calendar.
import { lockCalendars, tryCalendar } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { type Decision, decide } from '../../routing/decision.ts'
import type { Pool } from '../../routing/pool.ts'
import { RestartTransaction } from '../../transaction.ts'
import type { MeetingCandidate } from '../slots/meeting-candidates.ts'

interface Choice {
  /** Locked. */
  pool: Pool
  /** Reads the present state of agents. */
  read(agentIds: string[]): Promise<MeetingCandidate[]>
  isAvailable(candidate: MeetingCandidate): boolean
  /** Agents whose calendars are locked together with the chosen agent's. Default: none. */
  alongWith?: string[]
}

interface Chosen {
  decision: Decision
  /** The chosen agent, whose calendar is locked; null when no agent is available. */
  chosen: MeetingCandidate | null
  candidates: MeetingCandidate[]
}

/** Waits for the calendar of the first candidate. If that agent turns out to be taken, the next candidate's calendar
 * may come earlier in the order of locks, so it is locked only if it is free at once. Otherwise the transaction
 * restarts, and then sees from the beginning that the first agent is taken. It also restarts when no candidate is left
 * after the wait, because the other candidates were read before it. So no free agent is skipped.
 * @throws RestartTransaction in these two cases */
export async function chooseCandidate(tx: Transaction, choice: Choice): Promise<Chosen> {
  const { pool, read, isAvailable, alongWith = [] } = choice
  const locked = new Set<string>()
  if (pool.stage === 'AGENT') await lock(tx, { locked, agentIds: [...pool.agentIds, ...alongWith] })
  let candidates = await read(pool.agentIds)
  for (;;) {
    const decision = decide(pool, { candidates, isAvailable })
    const chosen = candidates.find(({ agentId }) => agentId === decision.agentId) ?? null
    if (chosen === null && locked.size > 0 && pool.stage !== 'AGENT') throw new RestartTransaction()
    if (chosen === null || locked.has(chosen.agentId)) return { decision, chosen, candidates }
    await lock(tx, { locked, agentIds: [chosen.agentId, ...alongWith] })
    const [present] = await read([chosen.agentId])
    candidates = candidates.flatMap((each) => (each === chosen ? (present ?? []) : each))
  }
}

async function lock(
  tx: Transaction,
  { locked, agentIds }: { locked: Set<string>; agentIds: string[] },
): Promise<void> {
  const others = agentIds.filter((agentId) => !locked.has(agentId))
  if (locked.size === 0) await lockCalendars(tx, others)
  else for (const agentId of others) if (!(await tryCalendar(tx, agentId))) throw new RestartTransaction()
  for (const agentId of others) locked.add(agentId)
}
