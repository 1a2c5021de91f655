import type { Prisma } from '../../../database/generated/client/client.ts'
import { visibleConversations } from '../../chat/conversation/visible-conversations.ts'
import { NOTHING, type Viewer } from '../../identity/viewer.ts'

/** The sessions that a viewer may read. A visitor reads its own and, while it is verified, those of its person's other
 * verified browsers. Staff reads its own previews, and those with a conversation that it may see. */
export function visibleSessions(viewer: Viewer): Prisma.DialogueSessionWhereInput {
  if (viewer.kind === 'ANONYMOUS' || viewer.kind === 'MEETING_LINK') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'AGENT') {
    const { agentId } = viewer
    return { workspaceId, OR: [{ agentId }, { conversation: visibleConversations(viewer) }] }
  }
  const { visitorId } = viewer
  const ofPerson = { person: { visitors: { some: { id: visitorId, verified: true } } } }
  return { workspaceId, OR: [{ visitorId }, { visitor: { verified: true, ...ofPerson } }] }
}
