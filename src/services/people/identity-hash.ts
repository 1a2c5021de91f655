// Checks whether the customer's site vouches for a visitor: the site knows the workspace's identity secret and passes
// on the HMAC-SHA-256 of the e-mail. Without that hash an e-mail is an unverified claim.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { shareWorkspace } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { type InputIssueCode, InvalidInputError } from '../../errors.ts'

/** Of `Workspace.identitySecret`. */
export const IDENTITY_SECRET_BYTES = 32

const MESSAGE =
  'Must be the HMAC-SHA-256 of the e-mail address in lower case, its domain in ASCII (Punycode), with the identity secret as the key, as 64 hexadecimal digits.'

export const identityHashInput = z
  .string()
  .regex(/^[0-9a-f]{64}$/i, MESSAGE)
  .nullish()

interface Claim {
  workspaceId: string
  /** In lower case, as `personInput` returns it. */
  email: string | null | undefined
  identityHash: string | null | undefined
}

/** Compares in constant time. The secret is locked until the transaction ends, so that no verification made with it is
 * committed after the secret was replaced.
 * @returns true when the hash vouches for the e-mail, false when no hash was given
 * @throws InvalidInputError when the hash is wrong or comes without an e-mail */
export async function checkIdentityHash(
  tx: Transaction,
  { workspaceId, email, identityHash }: Claim,
): Promise<boolean> {
  if (typeof identityHash !== 'string') return false
  if (!email) throw invalid('CONFLICTING', 'Requires person.email, the address that it verifies.')
  const workspace = await shareWorkspace(tx, workspaceId)
  if (workspace === null) throw new Error(`There is no workspace ${workspaceId}.`)
  const expected = createHmac('sha256', workspace.identitySecret).update(email).digest()
  const given = Buffer.from(identityHash, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw invalid('NOT_ALLOWED', MESSAGE)
  return true
}

function invalid(code: InputIssueCode, message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'identityHash'], code, message }])
}
