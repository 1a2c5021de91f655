// A place in a stream of events that a client keeps, to go on from there. It is signed for one stream and one
// caller: with anybody else's, or one of another stream, nobody gets anywhere.
import { hash, timingSafeEqual } from 'node:crypto'
import type { Signer } from '../identity/signer.ts'

// Both multiples of three, so that each is a text of its own in base64url.
const SEQ_BYTES = 6
const SIGNATURE_BYTES = 18
const SIGNATURE_LENGTH = (SIGNATURE_BYTES / 3) * 4

/** Where, and whose. */
export interface CursorScope {
  streamId: string
  /** See `callerOf`. */
  caller: string
}

/** For the cursors of one subscriber, who is sent one with every event: the costly part is done once.
 * @returns what `signEventCursor` does, for the number of an event */
export function createCursorSigner(
  signer: Signer,
  { streamId, caller }: CursorScope,
): (seq: number) => string {
  const scope = Buffer.from(JSON.stringify([streamId, caller]))
  const key = signer.signature('event-cursor', scope).toString('base64url')
  return (seq) => {
    const place = placeOf(seq)
    if (latest.key !== key) {
      // A secret before a text of always the same length, of which a part is shown: plain SHA-256 signs that.
      const signature = hash('sha256', key + place, 'base64url').slice(0, SIGNATURE_LENGTH)
      latest.key = key
      latest.cursor = place + signature
    }
    return latest.cursor
  }
}

/** An event is told to many one after the other: to one person's sockets, or to those of many. */
let latest = { seq: -1, place: '', key: '', cursor: '' }

function placeOf(seq: number): string {
  if (latest.seq !== seq) {
    const bytes = Buffer.allocUnsafe(SEQ_BYTES)
    bytes.writeUIntBE(seq, 0, SEQ_BYTES)
    latest = { seq, place: bytes.toString('base64url'), key: '', cursor: '' }
  }
  return latest.place
}

/** @param cursor.seq the number of the last event that was seen; 0 before the first
 * @returns 32 characters, base64url */
export function signEventCursor(signer: Signer, cursor: CursorScope & { seq: number }): string {
  return createCursorSigner(signer, cursor)(cursor.seq)
}

/** @returns the number, or null when the cursor was not made for this stream and caller */
export function readEventCursor(signer: Signer, cursor: CursorScope & { text: string }): number | null {
  const bytes = Buffer.from(cursor.text, 'base64url')
  if (bytes.length !== SEQ_BYTES + SIGNATURE_BYTES) return null
  const seq = bytes.readUIntBE(0, SEQ_BYTES)
  const expected = Buffer.from(signEventCursor(signer, { ...cursor, seq }), 'base64url')
  return timingSafeEqual(bytes, expected) ? seq : null
}
