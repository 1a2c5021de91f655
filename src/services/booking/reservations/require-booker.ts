// Who may take a slot.
import type { Transaction } from '../../../database/open.ts'
import { ConflictError } from '../../../errors.ts'
import {
  requirePermission,
  requireSignedIn,
  type SignedInViewer,
  type Viewer,
} from '../../identity/viewer.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { visibleMeetings } from '../meetings/visible-meetings.ts'

/** @param agentId the requested agent; null when the turns decide
 * @throws ForbiddenError unless the viewer is a visitor, the holder of a meeting's link, an agent who books the own
 *   calendar (MANAGE_MY_MEETINGS), or an agent with MANAGE_ALL_MEETINGS */
export function requireBooker(viewer: Viewer, agentId: string | null): SignedInViewer {
  const signedIn = requireSignedIn(viewer)
  if (signedIn.kind !== 'AGENT') return signedIn
  const own = agentId === signedIn.agentId
  return requirePermission(viewer, own ? 'MANAGE_MY_MEETINGS' : 'MANAGE_ALL_MEETINGS')
}

/** The holder of a meeting's link has one meeting at a time, and books again once it is cancelled or over. Requires the
 * lock of the caller, without which two bookings would not see each other.
 * @throws ConflictError */
export async function requireLinkWithoutMeeting(
  tx: Transaction,
  { viewer, now }: { viewer: SignedInViewer; now: Date },
): Promise<void> {
  if (viewer.kind !== 'MEETING_LINK') return
  const where = { AND: [visibleMeetings(viewer), upcoming(now)] }
  if ((await tx.meeting.count({ where })) === 0) return
  throw new ConflictError(
    'MEETING_STANDS',
    'The meeting of the link stands. Move it, or cancel it before you book another.',
  )
}
