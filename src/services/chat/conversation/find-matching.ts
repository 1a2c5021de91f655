// Finds the conversations that match a search, before the list is read: in the statement of the list, the database would
// look through every conversation of the workspace.
import { Prisma } from '../../../database/generated/client/client.ts'
import type { Database } from '../../../database/open.ts'
import type { AgentViewer, Viewer, VisitorViewer } from '../../identity/viewer.ts'
import { ofPersonWho } from '../../people/visible-people.ts'
import { containing } from '../../search.ts'

/** A text that more conversations match is looked for in the statement of the list. */
const MOST_MATCHES = 5000

/** @returns a condition for the conversations with the text in a message, or in the name or the e-mail address of a person,
 *   or in the agent's name. A visitor, who has few of them, searches in nothing that it may not read */
export async function matchingConversations(
  database: Database,
  { viewer, text }: { viewer: AgentViewer | VisitorViewer; text: string },
): Promise<Prisma.ConversationWhereInput> {
  const { workspaceId } = viewer
  const ids = viewer.kind === 'AGENT' ? await readMatches(database, { workspaceId, text }) : null
  return ids === null ? matching(text, viewer) : { id: { in: ids } }
}

/** Each of the three has an index, of trigrams for messages.
 * @returns null if they are too many */
async function readMatches(
  database: Database,
  { workspaceId, text }: { workspaceId: string; text: string },
): Promise<string[] | null> {
  const pattern = `%${containing(text).contains}%`
  const limit = Prisma.sql`LIMIT ${MOST_MATCHES + 1}`
  const rows = await database.$queryRaw<{ id: string }[]>`
    (
      SELECT c."id" FROM "Person" p JOIN "Conversation" c ON c."personId" = p."id"
      WHERE p."workspaceId" = ${workspaceId}::uuid
        AND (p."firstName" ILIKE ${pattern} OR p."lastName" ILIKE ${pattern} OR p."email" ILIKE ${pattern}) ${limit}
    ) UNION ALL (
      SELECT c."id" FROM "Agent" a JOIN "Conversation" c ON c."agentId" = a."id"
      WHERE a."workspaceId" = ${workspaceId}::uuid AND a."name" ILIKE ${pattern} ${limit}
    ) UNION ALL (
      SELECT "conversationId" FROM "Message" WHERE "workspaceId" = ${workspaceId}::uuid AND "text" ILIKE ${pattern} ${limit}
    )`
  const ids = new Set(rows.map(({ id }) => id))
  return rows.length > MOST_MATCHES ? null : [...ids]
}

function matching(text: string, viewer: Viewer): Prisma.ConversationWhereInput {
  const contains = containing(text)
  return {
    OR: [
      ofPersonWho(viewer, { OR: [{ firstName: contains }, { lastName: contains }, { email: contains }] }),
      { agent: { name: contains } },
      { messages: { some: { text: contains } } },
    ],
  }
}
