// Decides whose turn it is among agents of whom others may take the same time in this moment, through another pool or
// without one: the last look at whoever is chosen is under the lock of that agent's calendar.
import { lockCalendars, tryCalendar } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { type Decision, decide } from '../../routing/decision.ts'
import type { Pool } from '../../routing/pool.ts'
import { StartAgain } from '../../transaction.ts'
import type { MeetingCandidate } from '../slots/meeting-candidates.ts'

interface Choice {
  /** Locked. */
  pool: Pool
  /** Reads agents as they stand now. */
  read(agentIds: string[]): Promise<MeetingCandidate[]>
  isAvailable(candidate: MeetingCandidate): boolean
  /** Agents whose calendars are needed together with that of the one who is chosen; left out: none. */
  alongWith?: string[]
}

interface Chosen {
  decision: Decision
  /** Whose calendar is locked; null: nobody is available. */
  chosen: MeetingCandidate | null
  candidates: MeetingCandidate[]
}

/** The calendar of the first is waited for. If that agent is found to be taken then, the next one's is only locked if no
 * other transaction has it, because it may come before in the order of locks; otherwise the transaction starts again, and
 * knows from the beginning that the first is taken. It starts again too before it refuses by what was read before the
 * wait. So no agent is passed over who is free.
 * @throws StartAgain */
export async function chooseCandidate(tx: Transaction, choice: Choice): Promise<Chosen> {
  const { pool, read, isAvailable, alongWith = [] } = choice
  const locked = new Set<string>()
  if (pool.stage === 'AGENT') await lock(tx, { locked, agentIds: [...pool.agentIds, ...alongWith] })
  let candidates = await read(pool.agentIds)
  for (;;) {
    const decision = decide(pool, { candidates, isAvailable })
    const chosen = candidates.find(({ agentId }) => agentId === decision.agentId) ?? null
    if (chosen === null && locked.size > 0 && pool.stage !== 'AGENT') throw new StartAgain()
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
  else for (const agentId of others) if (!(await tryCalendar(tx, agentId))) throw new StartAgain()
  for (const agentId of others) locked.add(agentId)
}
