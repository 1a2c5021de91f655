import type { Prisma } from '../../database/generated/client/client.ts'
import { type AgentViewer, NOTHING, type Viewer } from '../identity/viewer.ts'

/** The people that a viewer may see. Staff with VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS: everyone in the workspace. An
 * agent with MANAGE_MY_MEETINGS or VIEW_MY_CONVERSATIONS: the people of the agent's meetings or conversations. A visitor:
 * only itself. */
export function visiblePeople(viewer: Viewer): Prisma.PersonWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'AGENT') return { workspaceId, ...ofAgent(viewer) }
  if (viewer.kind === 'MEETING_LINK') return { workspaceId, id: viewer.personId }
  // Goes by the visitor, because the visitor may have moved to another person since it was authenticated.
  return { workspaceId, visitors: { some: { id: viewer.visitorId } } }
}

/** The permissions with which staff sees everyone. Either is enough. */
export const SEES_EVERYONE = ['VIEW_ALL_CONVERSATIONS', 'MANAGE_ALL_MEETINGS'] as const

function ofAgent({ agentId, permissions }: AgentViewer): Prisma.PersonWhereInput {
  if (SEES_EVERYONE.some((permission) => permissions.has(permission))) return {}
  const own: Prisma.PersonWhereInput[] = []
  if (permissions.has('MANAGE_MY_MEETINGS')) own.push({ meetings: { some: { agentId } } })
  if (permissions.has('VIEW_MY_CONVERSATIONS')) {
    const offers = { some: { agentId, state: 'PENDING' as const } }
    own.push({ conversations: { some: { OR: [{ agentId }, { offers }] } } })
  }
  return own.length === 0 ? NOTHING : { OR: own }
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
