// Who may take a slot.
import { lockPerson } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ConflictError } from '../../../errors.ts'
import {
  CALLER_WITH_LINK,
  requirePermission,
  requireSignedIn,
  type SignedInViewer,
  type Viewer,
} from '../../identity/viewer.ts'
import { upcoming } from '../../upcoming-meetings.ts'

/** @param agentId the requested agent; null when the turns decide
 * @throws ForbiddenError unless the viewer is a visitor, the holder of a meeting's link, an agent who books the own
 *   calendar (MANAGE_MY_MEETINGS), or an agent with MANAGE_ALL_MEETINGS */
export function requireBooker(viewer: Viewer, agentId: string | null): SignedInViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'AGENT') return signedIn
  const own = agentId === signedIn.agentId
  return requirePermission(viewer, own ? 'MANAGE_MY_MEETINGS' : 'MANAGE_ALL_MEETINGS')
}

/** For a call that names somebody who is not known yet.
 * @throws ForbiddenError when the viewer may book nobody */
export function requireAnyBooker(viewer: Viewer): SignedInViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'AGENT' || signedIn.permissions.has('MANAGE_ALL_MEETINGS')) return signedIn
  return requirePermission(viewer, 'MANAGE_MY_MEETINGS')
}

/** A person has one meeting at a time by links, whichever of its links booked it, and books again once it is cancelled or
 * over. Each meeting has a link of its own, so the person is locked: two bookings would not see each other otherwise.
 * @throws ConflictError */
export async function requireLinkWithoutMeeting(
  tx: Transaction,
  { viewer, now }: { viewer: SignedInViewer; now: Date },
): Promise<void> {
  if (viewer.kind !== 'MEETING_LINK') return
  const { workspaceId, personId, meetingId } = viewer
  await lockPerson(tx, { workspaceId, personId })
  const byLinks = { OR: [{ id: meetingId }, { bookedBy: { startsWith: CALLER_WITH_LINK } }] }
  const standing = await tx.meeting.count({ where: { workspaceId, personId, AND: [byLinks, upcoming(now)] } })
  if (standing === 0) return
  throw new ConflictError(
    'MEETING_STANDS',
    'A meeting of the link or of another link of the person stands. Move it, or cancel it before you book another.',
  )
}
