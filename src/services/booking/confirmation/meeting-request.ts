// A booking that its visitor has to confirm by mail: what reserves its time, and the link of the mail. The token of the link
// is not stored.
import { parse, stringify } from 'uuid'
import type { MeetingRequest } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { Signer } from '../../ports/signer.ts'
import { MINUTE } from '../../time.ts'

/** How long the time of a booking is reserved until it is confirmed. */
export const RESERVED_FOR_MS = 15 * MINUTE

export const CONFIRMATION_PATH = '/meeting/confirmation'

/** Holds what is reserved for a visitor's booking: it is another holder than the visitor, whose next hold does not end it.
 * @param caller see `callerOf` */
export const unconfirmedHolder = (caller: string): string => `${caller} unconfirmed`

/** @returns until when the time is reserved; null if it never was */
export const reservedUntilOf = ({ createdAt, expiresAt }: Pick<MeetingRequest, 'createdAt' | 'expiresAt'>) =>
  expiresAt > createdAt ? expiresAt : null

export function confirmationUrl(
  { settings, signer }: Pick<Services, 'settings' | 'signer'>,
  { id }: Pick<MeetingRequest, 'id'>,
): string {
  return `${settings.publicUrl}${CONFIRMATION_PATH}?token=${signer.sign('meeting-request', Buffer.from(parse(id)))}`
}

/** @returns the id of the request; null when the token is not ours */
export function readConfirmationToken(signer: Signer, token: string): string | null {
  const payload = signer.verify('meeting-request', token)
  return payload && stringify(payload)
}
