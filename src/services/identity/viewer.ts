// The viewer of a request, and its permissions. Every use case begins with one of the `require…` functions.

import type { ActorKind, Permission } from '../../database/generated/client/enums.ts'
import { ForbiddenError, TokenRequiredError } from '../../errors.ts'

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
  /** Whether the customer's site vouched for the person, as of when the token was authenticated. */
  verified: boolean
}

/** The holder of a meeting's signed link, from its mail: changes that meeting, and books again when it is cancelled or over. */
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

/** A condition that matches no row, to be combined with others by AND. (An empty OR matches none only at the top of a
 * query: see docs/gotchas.md.) */
export const NOTHING = { id: { in: [] as string[] } }

/** Whether it is known whose e-mail address the viewer has: the customer's site vouches for it, or the viewer got a mail there.
 * Of others it is only a claim. */
export function isProven(viewer: SignedInViewer): boolean {
  return viewer.kind !== 'VISITOR' || viewer.verified
}

/** @throws TokenRequiredError when the viewer is anonymous */
export function requireSignedIn(viewer: Viewer): SignedInViewer {
  if (viewer.kind === 'ANONYMOUS') throw new TokenRequiredError()
  return viewer
}

/** @throws ForbiddenError unless the viewer is an agent */
export function requireStaff(viewer: Viewer): AgentViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'AGENT') throw new ForbiddenError('Only staff can do this.')
  return signedIn
}

/** @throws ForbiddenError unless the viewer is a visitor */
export function requireVisitor(viewer: Viewer): VisitorViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'VISITOR') throw new ForbiddenError('Only visitors can do this.')
  return signedIn
}

/** @throws ForbiddenError that names the permission */
export function requirePermission(viewer: Viewer, permission: Permission): AgentViewer {
  const staff = requireStaff(viewer)
  if (!staff.permissions.has(permission)) {
    throw new ForbiddenError(`This requires the permission ${permission}.`, permission)
  }
  return staff
}

/** Requires the permission for settings of an agent: for the viewer's own `permission`, for a colleague's MANAGE_AGENTS.
 * @param options.agentId whose settings; null: the viewer's
 * @returns the viewer and the id of the agent whose settings they are
 * @throws ForbiddenError that names the permission */
export function requireOwnOrManaged(
  viewer: Viewer,
  options: { agentId: string | null; permission: Permission },
): { viewer: AgentViewer; agentId: string } {
  const staff = requireStaff(viewer)
  const agentId = options.agentId ?? staff.agentId
  const own = agentId === staff.agentId
  return { viewer: requirePermission(viewer, own ? options.permission : 'MANAGE_AGENTS'), agentId }
}

/** Viewers with the same view see the same data. All agents with the same permissions who see everything in the workspace
 * share one view. */
export function viewOf(viewer: SignedInViewer): string {
  if (viewer.kind !== 'AGENT') return viewer.kind
  const { permissions, workspaceId } = viewer
  const seesAll = SEES_ALL.every((permission) => permissions.has(permission))
  return [seesAll ? `all of ${workspaceId}` : callerOf(viewer), ...[...permissions].sort()].join(' ')
}

/** Agents of one workspace with the same permissions get the same answers, as long as these do not depend on who the viewer
 * is (`watchIdentity`). */
export function colleaguesOf({ workspaceId, permissions }: AgentViewer): string {
  return [workspaceId, ...[...permissions].sort()].join(' ')
}

/** @returns the viewer, and whether anything but its kind, workspace and permissions was read of it since. Whatever is
 *   computed of the viewer without reading more is the same for all agents with the same permissions. */
export function watchIdentity(viewer: Viewer): { viewer: Viewer; isRead(): boolean } {
  let isRead = false
  const note = (property: string | symbol) => {
    isRead ||= !SHARED_BY_COLLEAGUES.has(property)
  }
  const watched = new Proxy(viewer, {
    get: (target, property) => {
      note(property)
      return Reflect.get(target, property)
    },
    getOwnPropertyDescriptor: (target, property) => {
      note(property)
      return Reflect.getOwnPropertyDescriptor(target, property)
    },
  })
  return { viewer: watched, isRead: () => isRead }
}

const SHARED_BY_COLLEAGUES = new Set<string | symbol>(['kind', 'workspaceId', 'permissions'])

const SEES_ALL: Permission[] = ['MANAGE_ALL_MEETINGS', 'VIEW_ALL_CONVERSATIONS', 'VIEW_ROUTING']

/** The id of the viewer in idempotency keys, holds and cursors: "visitor:ID", "agent:ID" or "meeting:ID". */
export function callerOf(viewer: SignedInViewer): string {
  if (viewer.kind === 'AGENT') return callerOfAgent(viewer.agentId)
  return viewer.kind === 'VISITOR' ? `visitor:${viewer.visitorId}` : `${CALLER_WITH_LINK}${viewer.meetingId}`
}

/** What `callerOf` begins with for the holder of a meeting's link. */
export const CALLER_WITH_LINK = 'meeting:'

/** See `callerOf`. */
export const callerOfAgent = (agentId: string): string => `agent:${agentId}`

/** Stands for the product where a column names the agent who did something. */
export const PRODUCT_ID = '00000000-0000-0000-0000-000000000000'

/** Who made a change, as a history records it. */
export interface Actor {
  kind: ActorKind
  /** For people to read. */
  name: string
  /** The agent who made it, here or in the calendar. */
  agentId: string | null
}

/** For what the product does by itself. */
export const PRODUCT: Actor = { kind: 'SWITCHBOARD', name: 'Switchboard', agentId: null }

export function actorOf(viewer: SignedInViewer): Actor {
  return viewer.kind === 'AGENT'
    ? { kind: 'AGENT', name: viewer.name, agentId: viewer.agentId }
    : { kind: 'VISITOR', name: 'Visitor', agentId: null }
}
