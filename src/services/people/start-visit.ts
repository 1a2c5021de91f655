// Gives a visitor of the website a token of its own. Anybody may call it: the public key says whose website
// it is, and a browser must come from one of its origins.
import { z } from 'zod'
import { ForbiddenError, NotFoundError } from '../../errors.ts'
import { VISITOR_TOKEN_PREFIX } from '../identity/authenticate.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { createSecretToken, hashToken } from '../identity/signer.ts'
import { opaque, parseInput, webUrl } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { identifyPerson } from './identify-person.ts'
import { identityHashInput, requireVouched } from './identity-hash.ts'
import { personInput } from './person-input.ts'

const VISIT_LASTS_MS = 30 * 24 * 60 * 60 * 1000

const startVisitInput = z.object({
  publicKey: opaque(200),
  pageUrl: webUrl.nullish(),
  person: personInput.nullish(),
  identityHash: identityHashInput,
})

export interface Visit {
  token: string
  personId: string
  expiresAt: Date
}

/** @throws NotFoundError for an unknown public key
 * @throws ForbiddenError when a browser calls from an origin the workspace does not list
 * @throws InvalidInputError, also for a hash that is wrong or without an e-mail */
export async function startVisit(
  context: RequestContext,
  raw: z.input<typeof startVisitInput>,
): Promise<Visit> {
  const input = parseInput(startVisitInput, raw)
  const workspace = await context.database.workspace.findUnique({ where: { publicKey: input.publicKey } })
  if (workspace === null) throw new NotFoundError('publicKey')
  requireAllowedOrigin(context, workspace.allowedOrigins)
  const now = context.clock.now()
  const token = createSecretToken(VISITOR_TOKEN_PREFIX)
  const expiresAt = new Date(now.getTime() + VISIT_LASTS_MS)
  const { pageUrl = null, identityHash } = input
  const person = input.person ?? {}
  const identified = await runTransaction(context, async (tx) => {
    const { id: workspaceId } = workspace
    const isVouchedFor = await requireVouched(tx, { workspaceId, email: person.email, identityHash })
    const { id: anonymousId } = await tx.person.create({ data: { workspaceId, createdAt: now } })
    const { id: visitorId } = await tx.visitor.create({
      data: {
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
  return { token, personId: identified?.person.id ?? '', expiresAt }
}

/** A request without an Origin does not come from a browser on somebody's page; the check protects those. */
function requireAllowedOrigin({ origin, settings }: RequestContext, allowed: string[]): void {
  if (origin === null || origin === settings.publicUrl || allowed.includes(origin)) return
  throw new ForbiddenError(`The workspace does not allow visits from ${origin}.`)
}
