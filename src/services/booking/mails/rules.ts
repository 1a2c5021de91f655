// Decides which mails one side of a meeting still needs, from what its addresses were told. Pure.
import type { Meeting, MeetingInvitation } from '../../../database/generated/client/client.ts'
import { MINUTE } from '../../time.ts'

/** After a mail, later news about the meeting wait, so that they become one mail. */
const PAUSE_MS = MINUTE
/** An address that has got so many mails about one meeting gets the next ones less often: at most six in any hour, also when
 * a cancelled invitation and the new one go out together. */
const MAILS_BEFORE_LONG_PAUSE = 3
const LONG_PAUSE_MS = 30 * MINUTE

/** Who must hold the invitation to a meeting that stands. */
export interface Holder {
  address: string
  agentId: string
  /** null: the mails carry no invitation, because an agent's calendar invites. */
  uid: string | null
}

export interface Told {
  /** What the addresses of this side were told, oldest first, cancelled invitations included. */
  invitations: MeetingInvitation[]
  meeting: Pick<Meeting, 'revision'>
  recipient: 'VISITOR' | 'AGENT'
  /** null: the meeting is cancelled. */
  holder: Holder | null
}

export interface Plan {
  /** These are no longer wanted. */
  ends: MeetingInvitation[]
  /** Whether the holder must get a mail about the present revision. */
  tells: boolean
  /** What the holder has already, to be brought up to date. */
  held: MeetingInvitation | null
  /** Whether to send a cancellation although no mail about the meeting was sent before. */
  tellsOfCancellationOnly: boolean
}

export function planMails({ invitations, meeting, recipient, holder }: Told): Plan {
  const standing = invitations.filter(({ endedAt }) => endedAt === null)
  const isHeld = (invitation: MeetingInvitation) => holder !== null && isOf(holder, { invitation, recipient })
  const held = standing.find(isHeld) ?? null
  const isCurrent =
    held?.revision === meeting.revision && (held.uid === (holder?.uid ?? null) || recipient === 'AGENT')
  return {
    ends: standing.filter((invitation) => !isHeld(invitation)),
    tells: holder !== null && !isCurrent,
    held,
    tellsOfCancellationOnly: holder === null && invitations.length === 0,
  }
}

/** An address that has no invitation yet can get one. */
function isOf(
  { address, agentId, uid }: Holder,
  { invitation, recipient }: { invitation: MeetingInvitation; recipient: Told['recipient'] },
): boolean {
  const isSameAgent = recipient === 'VISITOR' || invitation.agentId === agentId
  return isSameAgent && invitation.address === address && (invitation.uid ?? uid) === uid
}

/** When an address may get the next mail about the same meeting.
 * @param invitations all that addresses were told of the meeting
 * @returns null: at once */
export function nextMailAt(address: string, invitations: MeetingInvitation[]): Date | null {
  const own = invitations.filter((invitation) => invitation.address === address)
  const last = Math.max(...own.map(({ mailedAt }) => mailedAt?.getTime() ?? Number.NEGATIVE_INFINITY))
  if (!Number.isFinite(last)) return null
  const mails = own.reduce((sum, invitation) => sum + invitation.mails, 0)
  return new Date(last + (mails < MAILS_BEFORE_LONG_PAUSE ? PAUSE_MS : LONG_PAUSE_MS))
}
