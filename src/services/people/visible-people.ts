import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The people a viewer may know of: staff all of the workspace, visitors themselves. */
export function visiblePeople(viewer: Viewer): Prisma.PersonWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'AGENT') return { workspaceId }
  if (viewer.kind === 'MEETING_LINK') return { workspaceId, id: viewer.personId }
  // Who the visitor is when it is read: it may have identified itself since it signed in.
  return { workspaceId, visitors: { some: { id: viewer.visitorId } } }
}

/** Everything of the person whose browser the visitor is, if the customer's site vouched for it; nothing for others
 * (docs/decisions/004). For rows with a person; decided when they are read, like `visiblePeople`. */
export function ofVerifiedPerson(visitorId: string) {
  return { person: { visitors: { some: { id: visitorId, verified: true } } } }
}
