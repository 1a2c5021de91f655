// A cursor is a place in a stream, from which its client can resume. It is signed for one stream and one caller, and
// valid for no other. It has two halves, so that an event for many subscribers is signed once: the place, which all
// subscribers of the stream share, and the holder, which all cursors of a caller in the stream share.
import { timingSafeEqual } from 'node:crypto'
import type { Signer } from '../ports/signer.ts'

// Multiples of three, so that the base64url of each part stands alone.
const SEQ_BYTES = 6
const SIGNATURE_BYTES = 12
const CURSOR_BYTES = SEQ_BYTES + 2 * SIGNATURE_BYTES

/** The stream and the caller for which a cursor is valid. */
export interface CursorScope {
  streamId: string
  /** See `callerOf`. */
  caller: string
}

/** @param place.seq the number of the last event that the client has received; 0 before the first
 * @returns the first half of a cursor */
export function signPlace(signer: Signer, { streamId, seq }: { streamId: string; seq: number }): string {
  const bytes = Buffer.alloc(SEQ_BYTES)
  bytes.writeUIntBE(seq, 0, SEQ_BYTES)
  return bytes.toString('base64url') + signatureOf(signer, ['place', streamId, seq])
}

/** @returns the second half of all cursors of a caller in a stream */
export function signHolder(signer: Signer, { streamId, caller }: CursorScope): string {
  return signatureOf(signer, ['holder', streamId, caller])
}

/** @returns 40 characters, base64url */
export function signEventCursor(signer: Signer, cursor: CursorScope & { seq: number }): string {
  return signPlace(signer, cursor) + signHolder(signer, cursor)
}

/** @returns the number, or null when the cursor was not made for this stream and caller */
export function readEventCursor(signer: Signer, cursor: CursorScope & { text: string }): number | null {
  const bytes = Buffer.from(cursor.text, 'base64url')
  if (bytes.length !== CURSOR_BYTES) return null
  const seq = bytes.readUIntBE(0, SEQ_BYTES)
  const expected = Buffer.from(signEventCursor(signer, { ...cursor, seq }), 'base64url')
  return timingSafeEqual(bytes, expected) ? seq : null
}

function signatureOf(signer: Signer, signed: (string | number)[]): string {
  const signature = signer.signature('event-cursor', Buffer.from(JSON.stringify(signed)))
  return signature.subarray(0, SIGNATURE_BYTES).toString('base64url')
}
