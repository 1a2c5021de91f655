// The customer's own site vouches for a visitor: it knows the workspace's identity secret, and sends along the
// HMAC-SHA-256 of the e-mail with it. Without one an e-mail is what somebody says.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { shareWorkspace } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { InvalidInputError } from '../../errors.ts'

const MESSAGE =
  'Must be the HMAC-SHA-256 of the e-mail in lower case with the identity secret, as 64 hexadecimal digits.'

export const identityHashInput = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, MESSAGE)
  .nullish()

interface Claim {
  workspaceId: string
  /** As `personInput` answers it: in lower case. */
  email: string | null | undefined
  identityHash: string | null | undefined
}

/** Compares in constant time. The secret cannot be replaced until the transaction is over, so that nothing it vouched
 * for outlives it.
 * @returns whether the e-mail is vouched for: false when no hash was given
 * @throws InvalidInputError when the hash is wrong, or there is no e-mail that it could be of */
export async function requireVouched(
  tx: Transaction,
  { workspaceId, email, identityHash }: Claim,
): Promise<boolean> {
  if (typeof identityHash !== 'string') return false
  if (!email) throw invalid('Vouches for an e-mail: person.email must be given with it.')
  const workspace = await shareWorkspace(tx, workspaceId)
  if (workspace === null) throw new Error(`There is no workspace ${workspaceId}.`)
  const expected = createHmac('sha256', workspace.identitySecret).update(email).digest()
  const given = Buffer.from(identityHash, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalid(MESSAGE)
  return true
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'identityHash'], message }])
}
