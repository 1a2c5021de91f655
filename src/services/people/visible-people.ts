import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The people a viewer may know of: staff all of the workspace, visitors themselves. */
export function visiblePeople(viewer: Viewer): Prisma.PersonWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  return viewer.kind === 'AGENT' ? { workspaceId } : { workspaceId, id: viewer.personId }
}
