// Who is asking, and what they may do. Every use case begins with one of the `require…` functions.

import type { Permission } from '../../database/generated/client/enums.ts'
import { ForbiddenError } from '../../errors.ts'

export type { Permission }

/** A member of the workspace's staff. */
export interface AgentViewer {
  kind: 'AGENT'
  workspaceId: string
  agentId: string
  name: string
  permissions: ReadonlySet<Permission>
}

/** A visitor of the website, with the token of `startVisit`. */
export interface VisitorViewer {
  kind: 'VISITOR'
  workspaceId: string
  visitorId: string
  personId: string
  /** Whether the customer's site vouched for the person when the token was looked at. */
  verified: boolean
}

/** Somebody with the signed link of one meeting, from its mail. */
export interface MeetingLinkViewer {
  kind: 'MEETING_LINK'
  workspaceId: string
  meetingId: string
  personId: string
}

export interface AnonymousViewer {
  kind: 'ANONYMOUS'
}

export type Viewer = AgentViewer | VisitorViewer | MeetingLinkViewer | AnonymousViewer
export type SignedInViewer = Exclude<Viewer, AnonymousViewer>

export const ANONYMOUS: AnonymousViewer = { kind: 'ANONYMOUS' }

/** A condition that no row meets. (An empty OR would do at the top of a query, but not inside of it: see
 * docs/gotchas.md.) To be joined to others with AND. */
export const NOTHING = { id: { in: [] as string[] } }

export const TOKEN_REQUIRED = 'A bearer token is required: send `Authorization: Bearer …`.'

/** @throws ForbiddenError when nobody is signed in */
export function requireSignedIn(viewer: Viewer): SignedInViewer {
  if (viewer.kind === 'ANONYMOUS') {
    throw new ForbiddenError(TOKEN_REQUIRED)
  }
  return viewer
}

/** @throws ForbiddenError unless an agent or administrator is asking */
export function requireStaff(viewer: Viewer): AgentViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'AGENT') throw new ForbiddenError('Only staff can do this.')
  return signedIn
}

/** @throws ForbiddenError unless a visitor of the website is asking */
export function requireVisitor(viewer: Viewer): VisitorViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'VISITOR') throw new ForbiddenError('Only visitors can do this.')
  return signedIn
}

/** @throws ForbiddenError naming the permission */
export function requirePermission(viewer: Viewer, permission: Permission): AgentViewer {
  const staff = requireStaff(viewer)
  if (!staff.permissions.has(permission)) {
    throw new ForbiddenError(`This requires the permission ${permission}.`, permission)
  }
  return staff
}

/** For settings that belong to an agent: one's own with `permission`, a colleague's with MANAGE_AGENTS.
 * @param agentId whose settings; null means one's own
 * @returns the viewer and the id of the agent whose settings they are */
export function requireOwnOrManaged(
  viewer: Viewer,
  options: { agentId: string | null; permission: Permission },
): { viewer: AgentViewer; agentId: string } {
  const staff = requireStaff(viewer)
  const agentId = options.agentId ?? staff.agentId
  const own = agentId === staff.agentId
  return { viewer: requirePermission(viewer, own ? options.permission : 'MANAGE_AGENTS'), agentId }
}

/** What decides what a viewer sees: viewers with the same view are shown the same. That of an agent who sees
 * everything of the workspace does not depend on who it is. */
export function viewOf(viewer: SignedInViewer): string {
  if (viewer.kind !== 'AGENT') return viewer.kind
  const { permissions, workspaceId } = viewer
  const seesAll = SEES_ALL.every((permission) => permissions.has(permission))
  return [seesAll ? `all of ${workspaceId}` : callerOf(viewer), ...[...permissions].sort()].join(' ')
}

const SEES_ALL: Permission[] = ['MANAGE_ALL_MEETINGS', 'VIEW_ALL_CONVERSATIONS', 'VIEW_ROUTING']

/** The caller as idempotency keys and holds know it: "visitor:ID", "agent:ID" or "meeting:ID". */
export function callerOf(viewer: SignedInViewer): string {
  if (viewer.kind === 'AGENT') return callerOfAgent(viewer.agentId)
  return viewer.kind === 'VISITOR' ? `visitor:${viewer.visitorId}` : `meeting:${viewer.meetingId}`
}

/** See `callerOf`. */
export const callerOfAgent = (agentId: string): string => `agent:${agentId}`

/** The viewer as the history of a meeting names it. */
export function actorOf(viewer: SignedInViewer): string {
  return viewer.kind === 'AGENT' ? viewer.name : 'Visitor'
}
