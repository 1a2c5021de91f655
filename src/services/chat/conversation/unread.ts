// How many messages the viewer has not read, in all conversations together.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn, type Viewer } from '../../identity/viewer.ts'

/** For an agent, those of the agent's own conversations; for a visitor, those of all that it may see. It equals the sum of
 * `unread` over them, whether or not a conversation is over.
 * @returns 0 for a viewer without conversations
 * @throws UnauthenticatedError or ForbiddenError for an anonymous viewer */
export async function readViewerUnread({
  database,
  viewer,
}: Pick<RequestContext, 'database' | 'viewer'>): Promise<number> {
  const unread = unreadOf(requireSignedIn(viewer))
  if (unread === null) return 0
  const [row] = await database.$queryRaw<{ total: number }[]>`
    SELECT coalesce(sum("messageCount" - ${unread.mark}), 0)::int AS "total" FROM "Conversation"
    WHERE ${unread.own} AND "messageCount" > ${unread.mark}`
  return row?.total ?? 0
}

/** @returns a condition for the viewer's conversations, and the column with the viewer's mark; null: it has none */
function unreadOf(viewer: Viewer): { own: Prisma.Sql; mark: Prisma.Sql } | null {
  if (viewer.kind === 'AGENT' && viewer.permissions.has('VIEW_MY_CONVERSATIONS')) {
    return { own: Prisma.sql`"agentId" = ${viewer.agentId}::uuid`, mark: Prisma.sql`"readByAgent"` }
  }
  if (viewer.kind !== 'VISITOR') return null
  // The same conversations as `visibleConversations` has.
  const ofPerson = Prisma.sql`
    SELECT "personId" FROM "Visitor" WHERE "id" = ${viewer.visitorId}::uuid AND "verified"`
  const own = Prisma.sql`("visitorId" = ${viewer.visitorId}::uuid OR "personId" IN (${ofPerson}))`
  return { own, mark: Prisma.sql`"readByVisitor"` }
}
