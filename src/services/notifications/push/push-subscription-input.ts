// A browser's push subscription as clients send it.
import { ECDH } from 'node:crypto'
import { z } from 'zod'
import { fault, line, opaque } from '../../input.ts'
import type { PushSender } from '../../ports/push-sender.ts'

export const MAX_ENDPOINT_LENGTH = 2048
/** Of what the agent's client calls the browser. */
export const MAX_LABEL_LENGTH = 100
const MAX_KEY_LENGTH = 200
export const PUBLIC_KEY_BYTES = 65
export const SECRET_BYTES = 16

/** base64url or base64, with or without padding. */
const BASE64 = /^[\w+/-]+={0,2}$/

const p256dh = key(
  isPublicKey,
  `Must be a public key of P-256: an uncompressed point of ${PUBLIC_KEY_BYTES} bytes in base64url, as the subscription's \`toJSON()\` returns it.`,
)
const auth = key(
  (bytes) => bytes.length === SECRET_BYTES,
  `Must be ${SECRET_BYTES} bytes in base64url, as the subscription's \`toJSON()\` returns it.`,
)

/** @param push decides which endpoints are acceptable */
export function pushSubscriptionInput(push: Pick<PushSender, 'faultOf'>) {
  const endpoint = opaque(MAX_ENDPOINT_LENGTH).superRefine((value, check) => {
    const message = push.faultOf(value)
    if (message !== null) check.addIssue({ code: 'custom', ...fault('NOT_ALLOWED', message) })
  })
  return z.object({ endpoint, p256dh, auth, label: line(MAX_LABEL_LENGTH).nullish() })
}

/** @returns base64url without padding */
function key(isKey: (bytes: Buffer) => boolean, message: string) {
  return z.string().transform((value, check) => {
    const bytes = Buffer.from(BASE64.test(value) && value.length <= MAX_KEY_LENGTH ? value : '', 'base64url')
    if (isKey(bytes)) return bytes.toString('base64url')
    check.addIssue({ code: 'custom', ...fault('INVALID_FORMAT', message) })
    return z.NEVER
  })
}

/** Whether the bytes are exactly an uncompressed point on the curve. */
function isPublicKey(bytes: Buffer): boolean {
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes[0] !== 4) return false
  try {
    ECDH.convertKey(bytes, 'prime256v1')
    return true
  } catch {
    // The point is not on the curve, which is the only fault that the check above leaves.
    return false
  }
}
