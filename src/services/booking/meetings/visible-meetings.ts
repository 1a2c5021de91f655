import type { Prisma } from '../../../database/generated/client/client.ts'
import { callerOf, NOTHING, type Viewer } from '../../identity/viewer.ts'
import { ofVerifiedPerson } from '../../people/visible-people.ts'

/** The meetings that a viewer may see. An agent: all with MANAGE_ALL_MEETINGS, or the agent's own with
 * MANAGE_MY_MEETINGS. A visitor: those that the visitor booked and, while verified, all of the visitor's person. The
 * holder of a meeting's link: that meeting, and those booked with the link. */
export function visibleMeetings(viewer: Viewer): Prisma.MeetingWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'MEETING_LINK') {
    return { workspaceId, OR: [{ id: viewer.meetingId }, { bookedBy: callerOf(viewer) }] }
  }
  if (viewer.kind === 'VISITOR') {
    return { workspaceId, OR: [{ bookedBy: callerOf(viewer) }, ofVerifiedPerson(viewer.visitorId)] }
  }
  if (viewer.permissions.has('MANAGE_ALL_MEETINGS')) return { workspaceId }
  if (viewer.permissions.has('MANAGE_MY_MEETINGS')) return { workspaceId, agentId: viewer.agentId }
  return NOTHING
}
