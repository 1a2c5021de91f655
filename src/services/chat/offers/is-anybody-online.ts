// Whether somebody is there for a live chat. Every page view of a website asks.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn } from '../../identity/viewer.ts'
import { readStatusesOf } from '../availability/read-status.ts'
import { toCandidate } from './candidates.ts'

/** The first look is at so many agents. It nearly always finds one who is there, if there is one. */
const FIRST_LOOK = 20
/** The second is at so many more, because visitors can ask as often as they like. It matters only where roles or new
 * hours keep the first from chats. */
const SECOND_LOOK = 200

/** Two statements at most, however many agents there are; one while all are unavailable. Agents without room count too:
 * they are there.
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
  return (await look(Prisma.sql`OFFSET ${FIRST_LOOK} LIMIT ${SECOND_LOOK}`)).isFound
}

const isOnline = (status: Parameters<typeof toCandidate>[0]) =>
  toCandidate(status).ineligibleBecause.every((reason) => reason === 'AT_CAPACITY')

/** The agents who can be notified, without those who are paused, and those whose published status still says that they
 * are unavailable. */
const reachable = (workspaceId: string, now: Date) => Prisma.sql`
  SELECT a."id", 1 AS "place"
  FROM "Agent" a JOIN "LiveChatAvailability" l ON l."agentId" = a."id"
  WHERE a."workspaceId" = ${workspaceId}::uuid AND a."removedAt" IS NULL AND (
    EXISTS (SELECT FROM "ConsoleLease" c WHERE c."agentId" = a."id" AND c."expiresAt" > ${now}::timestamptz)
    OR EXISTS (SELECT FROM "PushSubscription" p WHERE p."agentId" = a."id")
  ) AND NOT EXISTS (
    SELECT FROM "RoutingPlace" t WHERE t."agentId" = a."id" AND t."kind" = 'LIVE_CHAT' AND t."paused"
  ) AND (l."announcedAvailable" OR l."announceAt" IS NULL OR l."announceAt" <= ${now}::timestamptz)
  ORDER BY l."announcedAvailable" DESC, a."id"`
