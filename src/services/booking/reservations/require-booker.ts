// Who may take a slot.
import { ForbiddenError } from '../../../errors.ts'
import {
  type AgentViewer,
  requirePermission,
  requireSignedIn,
  type Viewer,
  type VisitorViewer,
} from '../../identity/viewer.ts'

export type BookingViewer = AgentViewer | VisitorViewer

/** @param agentId the requested agent; null when the turns decide
 * @throws ForbiddenError unless the viewer is a visitor, an agent who books the own calendar (MANAGE_MY_MEETINGS), or
 *   an agent with MANAGE_ALL_MEETINGS */
export function requireBooker(viewer: Viewer, agentId: string | null): BookingViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind === 'VISITOR') return signedIn
  if (signedIn.kind === 'MEETING_LINK') {
    throw new ForbiddenError('The link of a meeting can change that meeting, but not book another.')
  }
  const own = agentId === signedIn.agentId
  return requirePermission(viewer, own ? 'MANAGE_MY_MEETINGS' : 'MANAGE_ALL_MEETINGS')
}
