// What the website lists: who can be booked, and whom a slug stands for.
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireSignedIn } from '../identity/viewer.ts'
import type { RoutingTarget } from './pool.ts'
import { EVERYBODY } from './slug-rules.ts'
import type { AskedTarget } from './target-input.ts'

/** An agent, a team, or with neither all agents in turn. */
export interface ListedBookable {
  slug: string
  agentId: string | null
  teamId: string | null
  name: string
  pictureUrl: string | null
  /** In minutes, shortest first. */
  durations: number[]
}

/** The website lists at most so many. Those beyond can be booked by their slug all the same. */
export const MAX_LISTED = 500

/** One statement, however many there are.
 * @returns all agents in turn, named as the workspace, then the teams and the agents that are publicly bookable, by name, at most `MAX_LISTED`
 * @throws ForbiddenError for an anonymous viewer */
export async function listBookables({ viewer, database }: RequestContext): Promise<ListedBookable[]> {
  const { workspaceId } = requireSignedIn(viewer)
  return database.$queryRaw<ListedBookable[]>`
    WITH listed AS (
      SELECT ${EVERYBODY} AS "slug", NULL::uuid AS "agentId", NULL::uuid AS "teamId", w."name", NULL AS "pictureUrl", 1 AS "part"
      FROM "Workspace" w WHERE w."id" = ${workspaceId}::uuid
      UNION ALL
      SELECT b."slug", b."agentId", b."teamId", coalesce(t."name", a."name"), a."pictureUrl",
        CASE WHEN b."teamId" IS NULL THEN 3 ELSE 2 END
      FROM "Bookable" b LEFT JOIN "Team" t ON t."id" = b."teamId" LEFT JOIN "Agent" a ON a."id" = b."agentId"
      WHERE b."workspaceId" = ${workspaceId}::uuid AND b."publiclyBookable"
      ORDER BY "part", "name", "slug" LIMIT ${MAX_LISTED}
    ), lengths AS (
      SELECT m."agentId", m."durationMinutes"
      FROM "MeetingAvailability" m JOIN "CalendarConnection" c ON c."agentId" = m."agentId"
      WHERE m."workspaceId" = ${workspaceId}::uuid AND c."state" = 'CONNECTED'
    ), known AS (
      SELECT ${EVERYBODY} AS "slug", "durationMinutes" FROM lengths
      UNION
      SELECT l."slug", n."durationMinutes" FROM listed l JOIN lengths n ON n."agentId" = l."agentId"
      UNION
      SELECT l."slug", n."durationMinutes"
      FROM listed l JOIN "TeamMember" m ON m."teamId" = l."teamId" JOIN lengths n ON n."agentId" = m."agentId"
    )
    SELECT l."slug", l."agentId", l."teamId", l."name", l."pictureUrl",
      coalesce(array_agg(k."durationMinutes" ORDER BY k."durationMinutes") FILTER (WHERE k."slug" IS NOT NULL), '{}')
        AS "durations"
    FROM listed l LEFT JOIN known k ON k."slug" = l."slug"
    GROUP BY l."slug", l."agentId", l."teamId", l."name", l."pictureUrl", l."part"
    ORDER BY l."part", l."name", l."slug"`
}

/** @param asked.field the argument that has the target, for the error
 * @returns the target itself, or the one that the slug stands for at present
 * @throws NotFoundError for a slug that the website does not list */
export async function findTarget(
  tx: Pick<Transaction, 'bookable'>,
  asked: { workspaceId: string; target: AskedTarget; field: string },
): Promise<RoutingTarget> {
  const { workspaceId, target, field } = asked
  if (!('slug' in target)) return target
  const { slug } = target
  if (slug === EVERYBODY) return { roundRobin: true }
  const bookable = await tx.bookable.findUnique({
    where: { workspaceId_slug: { workspaceId, slug }, publiclyBookable: true },
  })
  if (bookable?.agentId) return { agentId: bookable.agentId }
  if (bookable?.teamId) return { teamId: bookable.teamId }
  throw new NotFoundError(`${field}.slug`)
}
