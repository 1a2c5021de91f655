import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The agents that a viewer may read by id: all of the viewer's workspace, also those who were removed, because meetings and
 * chats refer to them; none for an anonymous viewer. The schema decides which of their fields a visitor may read. */
export function visibleAgents(viewer: Viewer): Prisma.AgentWhereInput {
  return viewer.kind === 'ANONYMOUS' ? NOTHING : { workspaceId: viewer.workspaceId }
}
