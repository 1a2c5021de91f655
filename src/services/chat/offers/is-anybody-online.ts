// Whether somebody is there for a live chat. Every page view of a website asks.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn } from '../../identity/viewer.ts'
import { readStatusesOf } from '../availability/read-status.ts'
import { toCandidate } from './candidates.ts'

/** The first look is at so many agents, who were available when their status was last published if any were. So it nearly
 * always finds an agent, if there is one. */
const FIRST_LOOK = 20

/** Two statements at most, however many agents there are. Agents without room count too: they are there.
 * @returns whether an agent who is available can be notified of an offer
 * @throws ForbiddenError for an anonymous viewer */
export async function isAnybodyOnline({ viewer, database, clock }: RequestContext): Promise<boolean> {
  const { workspaceId } = requireSignedIn(viewer)
  const now = clock.now()
  const look = async (portion: Prisma.Sql) => {
    const statuses = await readStatusesOf(database, {
      asked: Prisma.sql`(${reachable(workspaceId, now)} ${portion}) asked`,
      now,
    })
    return { isFound: statuses.some(isOnline), count: statuses.length }
  }
  const first = await look(Prisma.sql`LIMIT ${FIRST_LOOK}`)
  if (first.isFound || first.count < FIRST_LOOK) return first.isFound
  return (await look(Prisma.sql`OFFSET ${FIRST_LOOK}`)).isFound
}

const isOnline = (status: Parameters<typeof toCandidate>[0]) =>
  toCandidate(status).ineligibleBecause.every((reason) => reason === 'AT_CAPACITY')

/** The agents who can be notified, those first who are probably available. */
const reachable = (workspaceId: string, now: Date) => Prisma.sql`
  SELECT a."id", 1 AS "place"
  FROM "Agent" a JOIN "LiveChatAvailability" l ON l."agentId" = a."id"
  WHERE a."workspaceId" = ${workspaceId}::uuid AND a."removedAt" IS NULL AND (
    EXISTS (SELECT FROM "ConsoleLease" c WHERE c."agentId" = a."id" AND c."expiresAt" > ${now}::timestamptz)
    OR EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = a."id")
  )
  ORDER BY l."announcedAvailable" DESC, a."id"`
