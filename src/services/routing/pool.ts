// A pool is an ordered list of agents, with a pointer to the agent served last (docs/semantics.md, section 4).
import { Prisma } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { LOCKING_POOL, notePools } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import type { RoutingKind } from './rules.ts'

/** What a request asks for: an agent, a team, or round robin over all agents. */
export type RoutingTarget = { agentId: string } | { teamId: string } | { roundRobin: true }

export type PoolStage = 'AGENT' | 'TEAM' | 'ROUND_ROBIN'

/** Names a pool: that of a team, or that of all agents; a single agent has none. */
export interface AskedPool {
  workspaceId: string
  kind: RoutingKind
  target: RoutingTarget
}

/** A pool without its agents. */
export interface Turns extends AskedPool {
  stage: PoolStage
  /** For display, for example "Team Europe". */
  label: string
  /** The row that carries the pointer; null for a single agent, where there are no turns. */
  id: string | null
  lastAgentId: string | null
}

export interface Pool extends Turns {
  /** In order, without removed agents. */
  agentIds: string[]
}

interface PoolQuery extends AskedPool {
  /** Whether other transactions must wait to take turns in the pool until this one is over. */
  lock: boolean
  /** The argument that has the target, for the error. Default: `target`. */
  field?: string
}

/** @throws NotFoundError for an agent or a team that the workspace does not have */
export async function readPool(tx: Transaction, query: PoolQuery): Promise<Pool> {
  const turns = await readTurns(tx, query)
  const { target } = query
  if ('agentId' in target) return { ...turns, agentIds: [target.agentId] }
  const teamId = 'teamId' in target ? target.teamId : null
  const members = await tx.$queryRaw<{ agentId: string }[]>(
    teamId === null
      ? Prisma.sql`
          SELECT p."agentId" FROM "RoutingPlace" p JOIN "Agent" a ON a."id" = p."agentId"
          WHERE p."workspaceId" = ${query.workspaceId}::uuid AND p."kind" = ${query.kind}::"RoutingKind" AND a."removedAt" IS NULL
          ORDER BY p."position", p."agentId"`
      : Prisma.sql`
          SELECT m."agentId" FROM "TeamMember" m JOIN "Agent" a ON a."id" = m."agentId"
          WHERE m."teamId" = ${teamId}::uuid AND a."removedAt" IS NULL
          ORDER BY m."position", m."agentId"`,
  )
  return { ...turns, agentIds: members.map((member) => member.agentId) }
}

/** One statement, however many agents there are. What decides a turn must be read in a later statement: the snapshot of
 * this one predates the lock.
 * @throws NotFoundError for an agent or a team that the workspace does not have */
export async function readTurns(tx: Transaction, query: PoolQuery): Promise<Turns> {
  const { workspaceId, kind, target } = query
  const asked = { workspaceId, kind, target }
  if ('agentId' in target)
    return { ...asked, ...(await readAgent(tx, { ...query, agentId: target.agentId })) }
  const teamId = 'teamId' in target ? target.teamId : null
  const { id, lastAgentId, teamName } = await readPointer(tx, { ...query, teamId })
  return teamName === null
    ? { ...asked, stage: 'ROUND_ROBIN', label: 'Round robin over all agents', id, lastAgentId }
    : { ...asked, stage: 'TEAM', label: `Team ${teamName}`, id, lastAgentId }
}

async function readAgent(
  tx: Transaction,
  { workspaceId, agentId, field = 'target' }: PoolQuery & { agentId: string },
): Promise<Pick<Turns, 'stage' | 'label' | 'id' | 'lastAgentId'>> {
  const agent = await tx.agent.findFirst({
    where: { id: agentId, workspaceId, removedAt: null },
    select: { name: true },
  })
  if (agent === null) throw new NotFoundError(`${field}.agentId`)
  return { stage: 'AGENT', label: `Agent ${agent.name}`, id: null, lastAgentId: null }
}

interface Pointer {
  id: string
  lastAgentId: string | null
  teamName: string | null
}

async function readPointer(
  tx: Transaction,
  { workspaceId, kind, teamId, lock, field = 'target' }: PoolQuery & { teamId: string | null },
): Promise<Pointer> {
  const [pointer] = await tx.$queryRaw<Pointer[]>`
    SELECT p."id", p."lastAgentId", t."name" AS "teamName"
    FROM "RoutingPool" p LEFT JOIN "Team" t ON t."id" = p."teamId"
    WHERE p."workspaceId" = ${workspaceId}::uuid AND p."kind" = ${kind}::"RoutingKind"
      AND p."teamId" IS NOT DISTINCT FROM ${teamId}::uuid
    ${lock ? LOCKING_POOL : Prisma.empty}`
  if (pointer === undefined) throw new NotFoundError(`${field}.teamId`)
  if (lock) notePools(tx, [{ ...pointer, kind }])
  return pointer
}

/** Records that the agent was served: moves the pool's pointer, if it has one, and counts the assignment. */
export async function movePointer(
  tx: Transaction,
  turn: { pool: Turns; agentId: string; now: Date },
): Promise<void> {
  await tx.$executeRaw`WITH ${movingPointer(tx, turn)} SELECT`
}

/** The same as part of a statement: without the WITH.
 * @param turn.onlyIf a condition, which may name what comes before in the statement */
export function movingPointer(
  tx: Transaction,
  turn: { pool: Turns; agentId: string; now: Date; onlyIf?: Prisma.Sql },
): Prisma.Sql {
  const { pool, agentId, now, onlyIf = Prisma.sql`true` } = turn
  noteLocks(tx, 'place', [agentId])
  return Prisma.sql`
    pointer AS (
      UPDATE "RoutingPool" SET "lastAgentId" = ${agentId}::uuid WHERE "id" = ${pool.id}::uuid AND ${onlyIf}
    ), place AS (
      UPDATE "RoutingPlace"
      SET "lastAssignedAt" = ${now}::timestamptz, "offered" = "offered" + ("kind" = 'LIVE_CHAT')::int
      WHERE "agentId" = ${agentId}::uuid AND "kind" = ${pool.kind}::"RoutingKind" AND ${onlyIf}
      RETURNING "agentId"
    )`
}
