// Issues a token to a visitor of a website. Callers need no credentials: the public key names the workspace, and a
// browser must come from one of the origins that the workspace allows.
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { ForbiddenError, NotFoundError } from '../../errors.ts'
import { spendBudgets } from '../budgets/spend-budgets.ts'
import { VISITOR_TOKEN_PREFIX } from '../identity/authenticate.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { createSecretToken, hashToken } from '../identity/signer.ts'
import { opaque, parseInput, webUrl } from '../input.ts'
import { DAY } from '../time.ts'
import { runTransaction } from '../transaction.ts'
import { identifyPerson, toReader } from './identify-person.ts'
import { checkIdentityHash, identityHashInput } from './identity-hash.ts'
import { personInput } from './person-input.ts'
import type { PersonReader } from './seen-person.ts'
import { MAX_PROOF_LENGTH, requireVisitProof } from './visit-proof.ts'

export const VISIT_LASTS_MS = 30 * DAY

const startVisitInput = z.object({
  publicKey: opaque(200),
  pageUrl: webUrl.nullish(),
  person: personInput.nullish(),
  identityHash: identityHashInput,
  proofOfWork: opaque(MAX_PROOF_LENGTH).nullish(),
})

export interface Visit {
  token: string
  /** The visitor, as it reads its person. */
  visitor: PersonReader
  expiresAt: Date
}

/** @throws NotFoundError for an unknown public key
 * @throws ForbiddenError when a browser calls from an origin the workspace does not list
 * @throws InvalidInputError, also for an identity hash that is wrong or comes without an e-mail
 * @throws QuotaExceededError
 * @throws ProofOfWorkRequiredError as in `requireVisitProof` */
export async function startVisit(
  context: RequestContext,
  raw: z.input<typeof startVisitInput>,
): Promise<Visit> {
  const input = parseInput(startVisitInput, raw)
  const workspace = await context.database.workspace.findUnique({ where: { publicKey: input.publicKey } })
  const isAllowed = workspace !== null && allowsOrigin(context, workspace.allowedOrigins)
  await spendBudgets(context, { workspaceId: isAllowed ? workspace.id : null, calls: ['visits'] })
  if (workspace === null) throw new NotFoundError('input.publicKey')
  if (!isAllowed) throw new ForbiddenError(`The workspace does not allow visits from ${context.origin}.`)
  await requireVisitProof(context, { workspace, proof: input.proofOfWork ?? null })
  const now = context.clock.now()
  const visitorId = uuidv7()
  const token = createSecretToken(VISITOR_TOKEN_PREFIX)
  const expiresAt = new Date(now.getTime() + VISIT_LASTS_MS)
  const { pageUrl = null, identityHash } = input
  const person = input.person ?? {}
  const identified = await runTransaction(context, async (tx) => {
    const { id: workspaceId } = workspace
    const isVouchedFor = await checkIdentityHash(tx, { workspaceId, email: person.email, identityHash })
    const { id: anonymousId } = await tx.person.create({
      data: { workspaceId, claimantId: visitorId, createdAt: now },
    })
    await tx.visitor.create({
      data: {
        id: visitorId,
        workspaceId,
        personId: anonymousId,
        tokenHash: Uint8Array.from(hashToken(token)),
        pageUrl,
        createdAt: now,
        expiresAt,
      },
    })
    return identifyPerson(tx, { workspaceId, visitorId, person, isVouchedFor, now })
  })
  if (identified === null) throw new Error('The visitor was just created.')
  return { token, visitor: toReader(visitorId, identified), expiresAt }
}

/** The check protects visitors in browsers, which always send an Origin; a request without one comes from a server. */
function allowsOrigin({ origin, settings }: RequestContext, allowed: string[]): boolean {
  return origin === null || origin === settings.publicUrl || allowed.includes(origin)
}
