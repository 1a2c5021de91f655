import type { Prisma } from '../../../database/generated/client/client.ts'
import { callerOf, NOTHING, type Viewer } from '../../identity/viewer.ts'
import { ofVerifiedPerson } from '../../people/visible-people.ts'

/** The meetings a viewer may know of: everybody's with MANAGE_ALL_MEETINGS, one's own with
 * MANAGE_MY_MEETINGS; a visitor's are those it booked itself and, while it is verified, all of its person; the holder
 * of a meeting's link has that one. */
export function visibleMeetings(viewer: Viewer): Prisma.MeetingWhereInput {
  if (viewer.kind === 'ANONYMOUS') return NOTHING
  const { workspaceId } = viewer
  if (viewer.kind === 'MEETING_LINK') return { workspaceId, id: viewer.meetingId }
  if (viewer.kind === 'VISITOR') {
    return { workspaceId, OR: [{ bookedBy: callerOf(viewer) }, ofVerifiedPerson(viewer.visitorId)] }
  }
  if (viewer.permissions.has('MANAGE_ALL_MEETINGS')) return { workspaceId }
  if (viewer.permissions.has('MANAGE_MY_MEETINGS')) return { workspaceId, agentId: viewer.agentId }
  return NOTHING
}
