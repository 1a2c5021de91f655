import type { Prisma } from '../../database/generated/client/client.ts'
import { NOTHING, type Viewer } from '../identity/viewer.ts'

/** The people that a viewer may see: staff sees everyone in the workspace, a visitor only itself. */
export function visiblePeople(viewer: Viewer): Prisma.PersonWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'AGENT') return { workspaceId }
  if (viewer.kind === 'MEETING_LINK') return { workspaceId, id: viewer.personId }
  // Goes by the visitor, because the visitor may have moved to another person since it was authenticated.
  return { workspaceId, visitors: { some: { id: viewer.visitorId } } }
}

/** A filter for rows that belong to a person who meets a condition on what is stored of people. Only who may read that can
 * search in it: staff, and a verified visitor of its own person. */
export function ofPersonWho(viewer: Viewer, condition: Prisma.PersonWhereInput) {
  if (viewer.kind === 'AGENT') return { person: condition }
  if (viewer.kind !== 'VISITOR') return NOTHING
  return { AND: [ofVerifiedPerson(viewer.visitorId), { person: condition }] }
}

/** A filter for rows that belong to a person.
 * @param personId as the viewer reads it */
export function ofPersonWithId(viewer: Viewer, personId: string) {
  if (viewer.kind === 'AGENT') return { personId }
  if (viewer.kind === 'VISITOR' && personId === viewer.visitorId) {
    return { person: { visitors: { some: { id: viewer.visitorId, verified: false } } } }
  }
  return ofPersonWho(viewer, { id: personId })
}

/** A filter for rows that belong to a person: those of the visitor's person if the visitor is verified, none otherwise
 * (docs/decisions/004). It is evaluated at each read, like `visiblePeople`. */
export function ofVerifiedPerson(visitorId: string) {
  return { person: { visitors: { some: { id: visitorId, verified: true } } } }
}
