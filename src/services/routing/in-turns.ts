// The agents of a pool in the order of their turns, as a subquery for a statement that reads more about them. It reads
// only as much of the pool as is asked for; the order is that of `turnOrder` (rules.ts).
import { Prisma } from '../../database/generated/client/client.ts'
import type { AskedPool } from './pool.ts'

/** Which agents to read, counted from the one whose turn it is, without those in `except`. */
export interface Portion {
  except: string[]
  skip: number
  most: number
}

/** Reads the pointer too, so the statement may be given together with the one that locks the pool.
 * @returns a subquery with the columns "id" and "place", which ascends */
export function inTurns(pool: AskedPool, { except, skip, most }: Portion): Prisma.Sql {
  const { table, isMember } = membersOf(pool)
  // Literals, because Postgres keeps one plan for all values of a parameter, and that one suits few agents.
  const [after, until] = [Prisma.raw(String(skip)), Prisma.raw(String(skip + most))]
  const half = (round: number, comparison: Prisma.Sql) => Prisma.sql`(
    SELECT ${Prisma.raw(String(round))} AS "round", m."position", m."agentId" FROM ${table}
    WHERE ${isMember} AND m."agentId" <> ALL (${except}::uuid[])
      AND (m."position", m."agentId") ${comparison} ((SELECT "position" FROM served), (SELECT "agentId" FROM served))
    ORDER BY m."position", m."agentId" LIMIT ${until}
  )`
  // Positions are 1, 2, 3 …: when the pointer is not in the pool, all agents come after it.
  return Prisma.sql`(
    WITH served AS (
      SELECT p."lastAgentId" AS "agentId", coalesce(m."position", 0) AS "position"
      FROM (${pointerOf(pool)}) p LEFT JOIN ${table} ON ${isMember} AND m."agentId" = p."lastAgentId"
    ), turn AS (
      SELECT "agentId", row_number() OVER (ORDER BY "round", "position", "agentId") AS "place"
      FROM (${half(1, Prisma.sql`>`)} UNION ALL ${half(2, Prisma.sql`<=`)}) halves
    )
    SELECT "agentId" AS "id", "place" FROM turn WHERE "place" > ${after} AND "place" <= ${until}
  )`
}

/** @returns a query with one row: the agent who was served last, if any */
function pointerOf({ target, workspaceId, kind }: AskedPool): Prisma.Sql {
  if ('agentId' in target) return Prisma.sql`SELECT NULL::uuid AS "lastAgentId"`
  const teamId = 'teamId' in target ? target.teamId : null
  return Prisma.sql`
    SELECT "lastAgentId" FROM "RoutingPool"
    WHERE "workspaceId" = ${workspaceId}::uuid AND "kind" = ${kind}::"RoutingKind"
      AND "teamId" IS NOT DISTINCT FROM ${teamId}::uuid`
}

function membersOf({ target, workspaceId, kind }: AskedPool): { table: Prisma.Sql; isMember: Prisma.Sql } {
  if ('agentId' in target) {
    const table = Prisma.sql`(SELECT ${target.agentId}::uuid AS "agentId", 1 AS "position") m`
    return { table, isMember: Prisma.sql`true` }
  }
  if ('teamId' in target) {
    return { table: Prisma.sql`"TeamMember" m`, isMember: Prisma.sql`m."teamId" = ${target.teamId}::uuid` }
  }
  return {
    table: Prisma.sql`"RoutingPlace" m`,
    isMember: Prisma.sql`m."workspaceId" = ${workspaceId}::uuid AND m."kind" = ${kind}::"RoutingKind"`,
  }
}
