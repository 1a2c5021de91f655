// Makes it costly to begin many visits from one client address: beyond a number of them, each needs the solution of a small
// computation (ALTCHA), which is used once. No third party takes part.
import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { z } from 'zod'
import type { Workspace } from '../../database/generated/client/client.ts'
import { ProofOfWorkRequiredError, QuotaExceededError } from '../../errors.ts'
import { spendBudgets } from '../budgets/spend-budgets.ts'
import type { RequestContext } from '../identity/request-context.ts'
import type { Signer } from '../ports/signer.ts'
import { MINUTE } from '../time.ts'

/** How long a challenge can be solved. */
export const PROOF_LASTS_MS = 10 * MINUTE
export const MAX_PROOF_LENGTH = 4000

/** The work of a challenge: 256 derivations on average, of which a phone does some hundred a second. */
const WORK = { algorithm: 'PBKDF2/SHA-256', cost: 5000, keyPrefix: '00' }

/** What ALTCHA's solvers answer. The signature of the parameters is checked before any of them is used. */
const payload = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.string(),
      nonce: z.string(),
      salt: z.string(),
      cost: z.number(),
      keyLength: z.number(),
      keyPrefix: z.string(),
      data: z.object({ workspaceId: z.string(), expiresAt: z.number() }),
    }),
    signature: z.string(),
  }),
  solution: z.object({ counter: z.number(), derivedKey: z.string() }),
})

interface Protected {
  workspace: Pick<Workspace, 'id' | 'visitProtection'>
  /** As the client sent it: JSON in base64; null: it sent none. */
  proof: string | null
}

/** A proof that is given is checked, also if none is needed.
 * @throws ProofOfWorkRequiredError with a new challenge */
export async function requireVisitProof(
  context: RequestContext,
  { workspace, proof }: Protected,
): Promise<void> {
  const { id: workspaceId, visitProtection } = workspace
  if (proof !== null) {
    if (await redeem(context, { workspaceId, proof })) return
    throw await proofRequired(context, {
      workspaceId,
      message: 'The solution is wrong, too late, or was used before.',
    })
  }
  if (visitProtection === 'NONE') return
  try {
    await spendBudgets(context, { workspaceId, calls: ['visitsWithoutProof'] })
  } catch (error) {
    if (!(error instanceof QuotaExceededError)) throw error
    const message =
      'Many visits have begun from this address. Solve the challenge, and call again with the solution.'
    throw await proofRequired(context, { workspaceId, message })
  }
}

async function proofRequired(
  { clock, signer }: RequestContext,
  { workspaceId, message }: { workspaceId: string; message: string },
): Promise<ProofOfWorkRequiredError> {
  const expiresAt = clock.now().getTime() + PROOF_LASTS_MS
  const challenge = await createChallenge({
    ...WORK,
    deriveKey,
    // Not its own expiry, which goes by another clock.
    data: { workspaceId, expiresAt },
    hmacSignatureSecret: secretOf(signer),
  })
  return new ProofOfWorkRequiredError(message, { challenge })
}

/** @returns whether the proof is right, and was not used before */
async function redeem(
  { database, clock, signer }: RequestContext,
  { workspaceId, proof }: { workspaceId: string; proof: string },
): Promise<boolean> {
  const read = payload.safeParse(parseJson(Buffer.from(proof, 'base64').toString('utf8')))
  if (!read.success) return false
  const { challenge, solution } = read.data
  const { nonce, data } = challenge.parameters
  const expiresAt = new Date(data.expiresAt)
  if (data.workspaceId !== workspaceId || !(expiresAt > clock.now())) return false
  const { verified } = await verifySolution({
    challenge,
    solution,
    deriveKey,
    hmacSignatureSecret: secretOf(signer),
  })
  if (!verified) return false
  const used = [{ workspaceId, nonce, expiresAt }]
  const { count } = await database.usedProof.createMany({ data: used, skipDuplicates: true })
  return count === 1
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const secretOf = (signer: Signer): string =>
  signer.signature('proof-of-work', Buffer.from('challenge')).toString('base64url')
