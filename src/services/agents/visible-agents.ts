import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The agents that a viewer may see: all of the viewer's workspace that are not removed, and none for an anonymous
 * viewer. The schema decides which of their fields a visitor may read. */
export function visibleAgents(viewer: Viewer): Prisma.AgentWhereInput {
  return viewer.kind === 'ANONYMOUS' ? NOTHING : { workspaceId: viewer.workspaceId, removedAt: null }
}
