// Decisions of routing, and their records: every stage, with the agents it passed over and why.
import { z } from 'zod'
import { Prisma, type RoutingDecision } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import type { Pool, Turns } from './pool.ts'
import { INELIGIBILITIES, type Ineligibility, type RoutingKind, turnOrder } from './rules.ts'

/** An agent of a pool who is considered for a meeting or a chat. */
export interface Candidate {
  agentId: string
  /** What makes the agent ineligible, whatever is asked for; empty: nothing does. */
  ineligibleBecause: Ineligibility[]
}

const skippedAgent = z.object({ agentId: z.string(), because: z.array(z.enum(INELIGIBILITIES)) })
const routingStep = z.object({
  stage: z.enum(['AGENT', 'TEAM', 'ROUND_ROBIN', 'FALLBACK']),
  label: z.string(),
  outcome: z.string(),
  skipped: z.array(skippedAgent),
})
/** The column `steps` of a recorded decision. */
const routingSteps = z.array(routingStep)

export type SkippedAgent = z.output<typeof skippedAgent>
export type RoutingStep = z.output<typeof routingStep>

export interface Decision {
  kind: RoutingKind
  pool: string
  /** null: no agent is eligible. */
  agentId: string | null
  steps: RoutingStep[]
}

/** The candidates in the order of their turns. */
export function inTurn<Member extends Candidate>(pool: Pool, candidates: Member[]): Member[] {
  const byId = new Map(candidates.map((candidate) => [candidate.agentId, candidate]))
  return turnOrder(pool.agentIds, pool.lastAgentId).flatMap((agentId) => byId.get(agentId) ?? [])
}

/** Chooses the first eligible candidate in the order of turns.
 * @param isAvailable called only for candidates who are not ineligible already */
export function decide<Member extends Candidate>(
  pool: Pool,
  { candidates, isAvailable }: { candidates: Member[]; isAvailable: (candidate: Member) => boolean },
): Decision {
  return decideInTurn(pool, { candidates: inTurn(pool, candidates), isAvailable })
}

/** Like `decide`.
 * @param candidates in the order of their turns */
export function decideInTurn<Member extends Candidate>(
  pool: Turns,
  { candidates, isAvailable }: { candidates: Member[]; isAvailable: (candidate: Member) => boolean },
): Decision {
  const skipped: SkippedAgent[] = []
  for (const candidate of candidates) {
    const because: Ineligibility[] = [...candidate.ineligibleBecause]
    if (because.length === 0 && isAvailable(candidate)) return conclude(pool, { candidate, skipped })
    skipped.push({ agentId: candidate.agentId, because: because.length > 0 ? because : ['NOT_AVAILABLE'] })
  }
  return conclude(pool, { candidate: null, skipped })
}

function conclude(
  pool: Turns,
  { candidate, skipped }: { candidate: Candidate | null; skipped: SkippedAgent[] },
): Decision {
  const asked: RoutingStep = {
    stage: pool.stage,
    label: pool.label,
    outcome:
      candidate === null
        ? 'No agent is eligible.'
        : 'It is the turn of the first eligible agent after the one served last.',
    skipped,
  }
  const { kind, label } = pool
  if (candidate !== null) return { kind, pool: label, agentId: candidate.agentId, steps: [asked] }
  const fallback: RoutingStep = {
    stage: 'FALLBACK',
    label: 'Fallback',
    outcome: 'The visitor is shown the fallback.',
    skipped: [],
  }
  return { kind, pool: label, agentId: null, steps: [asked, fallback] }
}

/** The meeting or the conversation of a decision; left out: there is none yet. */
interface About {
  meetingId?: string
  conversationId?: string
}

export interface DecisionRecord extends About {
  id: string
  workspaceId: string
  decision: Decision
  now: Date
}

/** Stores a decision. */
export async function recordDecision(tx: Transaction, record: DecisionRecord): Promise<void> {
  await tx.$executeRaw(recordingDecision(record))
}

/** The same as an INSERT for a CTE.
 * @param onlyIf a condition, which may refer to CTEs that stand before */
export function recordingDecision(record: DecisionRecord, onlyIf = Prisma.sql`true`): Prisma.Sql {
  const { id, workspaceId, decision, now, meetingId = null, conversationId = null } = record
  const { kind, agentId, pool, steps } = decision
  return Prisma.sql`
    INSERT INTO "RoutingDecision"
      ("id", "workspaceId", "kind", "decidedAt", "agentId", "pool", "steps", "meetingId", "conversationId")
    SELECT ${id}::uuid, ${workspaceId}::uuid, ${kind}::"RoutingKind", ${now}::timestamptz, ${agentId}::uuid, ${pool},
      ${JSON.stringify(steps)}::jsonb, ${meetingId}::uuid, ${conversationId}::uuid
    WHERE ${onlyIf}`
}

/** Reads a stored decision. */
export function toDecision(row: RoutingDecision): Decision & { id: string; decidedAt: Date } {
  const { id, kind, decidedAt, agentId, pool } = row
  return { id, kind, decidedAt, agentId, pool, steps: routingSteps.parse(row.steps) }
}
