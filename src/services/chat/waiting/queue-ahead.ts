// Decides whether a request waits, given the requests that wait for the same agent, team or round robin.
import type { Prisma } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { type Decision, decide, withOutcome } from '../../routing/decision.ts'
import type { Pool } from '../../routing/pool.ts'
import type { ChatCandidate } from '../offers/candidates.ts'
import { mayWait, willHaveRoom } from './rules.ts'

export interface QueueAhead {
  /** How many requests wait longer. */
  ahead: number
  /** When the last of them is missed; null: there are none. */
  lastUntil: Date | null
}

/** @param queue.before the request in question; null: one that is yet to be made */
export async function readQueueAhead(
  database: Database | Transaction,
  queue: {
    workspaceId: string
    target: Prisma.JsonValue
    before: { requestedAt: Date; id: string } | null
    now: Date
  },
): Promise<QueueAhead> {
  const { workspaceId, target, before, now } = queue
  const [row] = await database.$queryRaw<QueueAhead[]>`
    SELECT count(*)::int AS "ahead", max("waitUntil") AS "lastUntil" FROM "Conversation"
    WHERE "workspaceId" = ${workspaceId}::uuid AND "state" = 'REQUESTED' AND "target" = ${JSON.stringify(target)}::jsonb
      AND "waitUntil" > ${now}::timestamptz
      AND (${before === null} OR ("requestedAt", "id") < (${before?.requestedAt ?? null}::timestamptz, ${before?.id ?? null}::uuid))`
  return row ?? { ahead: 0, lastUntil: null }
}

/** @param given.decision who would get the chat if no request were ahead
 * @param given.candidates all of the pool, unless one is eligible */
export function waits(given: {
  decision: Decision
  ahead: number
  candidates: ChatCandidate[]
  waitSeconds: number
}): boolean {
  const { decision, ahead, candidates, waitSeconds } = given
  const willAnyHaveRoom = candidates.some(({ ineligibleBecause, status: { signedIn } }) =>
    willHaveRoom({ ineligibleBecause, signedIn }),
  )
  return mayWait({ ahead, isAnyEligible: decision.agentId !== null, willAnyHaveRoom, waitSeconds })
}

/** @returns the decision of a request that waits */
export function waitingDecision(decision: Decision): Decision {
  const [asked] = decision.steps
  return { ...decision, agentId: null, steps: asked ? [withOutcome('WAITS', asked)] : [] }
}

/** Decides what would become of a request that was made now, without a lock.
 * @param given.candidates of the whole pool */
export async function explainRequest(
  database: Database,
  { pool, candidates, now }: { pool: Pool; candidates: ChatCandidate[]; now: Date },
): Promise<Decision> {
  const { workspaceId, target } = pool
  const { waitSeconds } = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const { ahead } = await readQueueAhead(database, { workspaceId, target, before: null, now })
  const decision = decide(pool, { candidates, isAvailable: () => true })
  return waits({ decision, ahead, candidates, waitSeconds }) ? waitingDecision(decision) : decision
}
