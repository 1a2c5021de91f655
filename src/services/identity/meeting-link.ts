// The signed link with which a visitor changes or cancels one meeting without an account. The token is not stored: each
// mail about the meeting to the same address signs it again, with the same result. How long it is valid follows from the
// meeting as it stands, so the link of an early mail lives as long as that of the last one.
import { createHash } from 'node:crypto'
import { parse, stringify } from 'uuid'
import type { MeetingInvitation } from '../../database/generated/client/client.ts'
import type { Signer } from '../ports/signer.ts'
import { DAY } from '../time.ts'

export const MEETING_LINK_PREFIX = 'sbm_'
/** How long a link is valid after the end of its meeting, so that the visitor can still look it up. */
export const VALID_AFTER_MEETING_MS = 90 * DAY
const UUID_BYTES = 16
const ADDRESS_BYTES = 16
/** A link of version 0.1 has an expiry in place of an address. */
const OLD_EXPIRY_BYTES = 6

/** What decides whether a link is valid. */
export interface LinkedMeeting {
  endsAt: Date
  person: { email: string | null }
  /** What addresses of the visitor's side were told of the meeting, the latest first. */
  invitations: Pick<MeetingInvitation, 'address' | 'endedAt'>[]
}

/** The address that the link belongs to. When invitations stand at several addresses, because the cancellation at the old
 * one waits for its server, it is the person's present one. When none stands, the meeting is cancelled, and the address
 * is the last one. Before the first mail it is the person's. */
function invitedAddress({ person, invitations }: LinkedMeeting): string {
  const standing = invitations.filter(({ endedAt }) => endedAt === null)
  const isPresent = ({ address }: { address: string }) => address === person.email
  const invitation = standing.find(isPresent) ?? standing[0] ?? invitations[0]
  return invitation?.address ?? person.email ?? ''
}

/** @param link.address to which it is sent */
export function signMeetingLink(signer: Signer, link: { meetingId: string; address: string }): string {
  const payload = Buffer.concat([parse(link.meetingId), hashOf(link.address)])
  return MEETING_LINK_PREFIX + signer.sign('meeting-link', payload)
}

export interface MeetingLink {
  meetingId: string
  /** The hash of the address to which the link was sent; null in a link of version 0.1. */
  address: Buffer | null
}

/** @returns null when the signature is not ours */
export function readMeetingLink(signer: Signer, token: string): MeetingLink | null {
  if (!token.startsWith(MEETING_LINK_PREFIX)) return null
  const payload = signer.verify('meeting-link', token.slice(MEETING_LINK_PREFIX.length))
  if (payload === null) return null
  const rest = payload.subarray(UUID_BYTES)
  if (rest.length !== ADDRESS_BYTES && rest.length !== OLD_EXPIRY_BYTES) return null
  const address = rest.length === ADDRESS_BYTES ? rest : null
  return { meetingId: stringify(payload.subarray(0, UUID_BYTES)), address }
}

/** @param meeting the meeting of the link, as it stands now
 * @returns the instant at which the link expires; null when the invitation has moved to another address */
export function expiryOfLink({ address }: MeetingLink, meeting: LinkedMeeting): Date | null {
  if (address !== null && !address.equals(hashOf(invitedAddress(meeting)))) return null
  return new Date(meeting.endsAt.getTime() + VALID_AFTER_MEETING_MS)
}

function hashOf(address: string): Buffer {
  return createHash('sha256').update(address.toLowerCase()).digest().subarray(0, ADDRESS_BYTES)
}
