// Decides which mails one side of a meeting still needs, from what its addresses were told. Pure.
import type { Meeting, MeetingInvitation } from '../../../database/generated/client/client.ts'
import { MINUTE } from '../../time.ts'

/** After a mail, later news about the meeting wait, so that they become one mail. */
const PAUSE_MS = MINUTE
/** An address that has got so many mails about one meeting gets the next ones less often. */
const MAILS_BEFORE_LONG_PAUSE = 10
const LONG_PAUSE_MS = 15 * MINUTE

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

/** How long after its last mail an address gets the next one about the same meeting. */
export function mailPauseMs({ mails }: { mails: number }): number {
  return mails < MAILS_BEFORE_LONG_PAUSE ? PAUSE_MS : LONG_PAUSE_MS
}
