import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The agents a viewer may know of: everybody's in the workspace, as long as they are not removed. Which
 * fields a visitor may read, the schema says. Nobody signed in sees none. */
export function visibleAgents(viewer: Viewer): Prisma.AgentWhereInput {
  return viewer.kind === 'ANONYMOUS' ? NOTHING : { workspaceId: viewer.workspaceId, removedAt: null }
}
