// Decisions of routing, and their records: every stage, with the agents it passed over and why.
import { z } from 'zod'
import { Prisma, type RoutingDecision } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import type { Pool, PoolStage, RoutingTarget, Turns } from './pool.ts'
import { INELIGIBILITIES, type Ineligibility, type RoutingKind, turnOrder } from './rules.ts'

/** An agent of a pool who is considered for a meeting or a chat. */
export interface Candidate {
  agentId: string
  /** What makes the agent ineligible, whatever is asked for; empty: nothing does. */
  ineligibleBecause: Ineligibility[]
  /** Whether the agent's hours are open now or at any later time. */
  hasHours: boolean
}

/** The outcomes of stages: what programs read, and the sentence for people. */
export const OUTCOMES = {
  CHOSEN: 'It is the turn of the first eligible agent after the one served last.',
  NONE_ELIGIBLE: 'No agent is eligible.',
  WAITS: 'The request waits for an agent with room, in the order of requests.',
  FALLBACK_SHOWN: 'The visitor is shown the fallback.',
  WAIT_OVER: 'No agent had room in time. The visitor is shown the fallback.',
} as const
export type RoutingOutcome = keyof typeof OUTCOMES

const skippedAgent = z.object({ agentId: z.string(), because: z.array(z.enum(INELIGIBILITIES)) })
const routingStep = z.object({
  stage: z.enum(['AGENT', 'TEAM', 'ROUND_ROBIN', 'FALLBACK']),
  label: z.string(),
  /** Version 0.1 wrote neither a code nor ids. */
  outcomeCode: z.enum(Object.keys(OUTCOMES) as RoutingOutcome[]).optional(),
  agentId: z.string().nullish(),
  teamId: z.string().nullish(),
  outcome: z.string(),
  skipped: z.array(skippedAgent),
})
/** The column `steps` of a recorded decision. */
const routingSteps = z.array(routingStep)

export type SkippedAgent = z.output<typeof skippedAgent>

export interface RoutingStep {
  stage: PoolStage | 'FALLBACK'
  /** For people to read. */
  label: string
  /** The requested agent; null at other stages. */
  agentId: string | null
  /** The requested team; null at other stages. */
  teamId: string | null
  outcomeCode: RoutingOutcome
  /** The sentence of the code. */
  outcome: string
  skipped: SkippedAgent[]
}

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
    skipped.push({
      agentId: candidate.agentId,
      because: because.length > 0 ? because : [unavailability(candidate)],
    })
  }
  return conclude(pool, { candidate: null, skipped })
}

/** Why an agent who is not available is not eligible. */
export function unavailability({ hasHours }: Pick<Candidate, 'hasHours'>): Ineligibility {
  return hasHours ? 'NOT_AVAILABLE' : 'NO_HOURS'
}

function conclude(
  pool: Turns,
  { candidate, skipped }: { candidate: Candidate | null; skipped: SkippedAgent[] },
): Decision {
  const { kind, label, stage, target } = pool
  const asked = withOutcome(candidate === null ? 'NONE_ELIGIBLE' : 'CHOSEN', {
    stage,
    label,
    ...requested(target),
    skipped,
  })
  if (candidate !== null) return { kind, pool: label, agentId: candidate.agentId, steps: [asked] }
  return { kind, pool: label, agentId: null, steps: [asked, fallbackStep('FALLBACK_SHOWN')] }
}

function requested(target: RoutingTarget): Pick<RoutingStep, 'agentId' | 'teamId'> {
  return {
    agentId: 'agentId' in target ? target.agentId : null,
    teamId: 'teamId' in target ? target.teamId : null,
  }
}

/** @returns the step with an outcome, in place of any that it had */
export function withOutcome(
  outcomeCode: RoutingOutcome,
  step: Omit<RoutingStep, 'outcomeCode' | 'outcome'>,
): RoutingStep {
  return { ...step, outcomeCode, outcome: OUTCOMES[outcomeCode] }
}

/** The last stage of a decision in which no agent was chosen. */
export function fallbackStep(outcomeCode: RoutingOutcome): RoutingStep {
  return withOutcome(outcomeCode, {
    stage: 'FALLBACK',
    label: 'Fallback',
    agentId: null,
    teamId: null,
    skipped: [],
  })
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
  const steps = routingSteps.parse(row.steps).map(({ agentId = null, teamId = null, ...step }) => {
    const outcomeCode = step.outcomeCode ?? codeOf(step.outcome)
    return { ...step, agentId, teamId, outcomeCode }
  })
  return { id, kind, decidedAt, agentId, pool, steps }
}

/** For steps that version 0.1 wrote. */
function codeOf(outcome: string): RoutingOutcome {
  const codes = Object.keys(OUTCOMES) as RoutingOutcome[]
  return codes.find((code) => OUTCOMES[code] === outcome) ?? 'CHOSEN'
}
