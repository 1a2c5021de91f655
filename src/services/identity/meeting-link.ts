// The signed link with which a visitor changes or cancels one meeting without an account. The token is not stored: each
// mail about the meeting signs it again, with the same result.
import { parse, stringify } from 'uuid'
import type { Signer } from '../ports/signer.ts'
import { DAY } from '../time.ts'

export const MEETING_LINK_PREFIX = 'sbm_'
/** How long a link is valid after the end of its meeting, so that the visitor can still look it up. */
export const VALID_AFTER_MEETING_MS = 90 * DAY
const UUID_BYTES = 16
const EXPIRY_BYTES = 6

/** @param meeting.endsAt the end in the current revision */
export function signMeetingLink(signer: Signer, meeting: { id: string; endsAt: Date }): string {
  const payload = Buffer.alloc(UUID_BYTES + EXPIRY_BYTES)
  payload.set(parse(meeting.id))
  payload.writeUIntBE(meeting.endsAt.getTime() + VALID_AFTER_MEETING_MS, UUID_BYTES, EXPIRY_BYTES)
  return MEETING_LINK_PREFIX + signer.sign('meeting-link', payload)
}

/** @returns null when the link has expired, or its signature is not ours */
export function readMeetingLink(
  signer: Signer,
  link: { token: string; now: Date },
): { meetingId: string; expiresAt: Date } | null {
  if (!link.token.startsWith(MEETING_LINK_PREFIX)) return null
  const payload = signer.verify('meeting-link', link.token.slice(MEETING_LINK_PREFIX.length))
  if (payload?.length !== UUID_BYTES + EXPIRY_BYTES) return null
  const expiresAt = new Date(payload.readUIntBE(UUID_BYTES, EXPIRY_BYTES))
  if (expiresAt <= link.now) return null
  return { meetingId: stringify(payload.subarray(0, UUID_BYTES)), expiresAt }
}
