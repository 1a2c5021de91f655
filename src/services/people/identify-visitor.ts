// A visitor says who it is, or more of it, in the middle of a visit.
import { z } from 'zod'
import type { Person } from '../../database/generated/client/client.ts'
import { UnauthenticatedError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireVisitor } from '../identity/viewer.ts'
import { parseInput } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { identifyPerson } from './identify-person.ts'
import { identityHashInput, requireVouched } from './identity-hash.ts'
import { updateOpenChats } from './open-chats.ts'
import { personInput } from './person-input.ts'

const identifyVisitorInput = z.object({ person: personInput, identityHash: identityHashInput })

/** @returns the person that the visitor is from now on
 * @throws ForbiddenError unless a visitor is asking
 * @throws InvalidInputError, also for a hash that is wrong or without an e-mail */
export async function identifyVisitor(
  context: RequestContext,
  raw: z.input<typeof identifyVisitorInput>,
): Promise<Person> {
  const { workspaceId, visitorId } = requireVisitor(context.viewer)
  const { person, identityHash } = parseInput(identifyVisitorInput, raw)
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const isVouchedFor = await requireVouched(tx, { workspaceId, email: person.email, identityHash })
    const identified = await identifyPerson(tx, { workspaceId, visitorId, person, isVouchedFor, now })
    if (identified === null) throw new UnauthenticatedError('The visit is over.')
    await updateOpenChats(tx, { workspaceId, of: { visitorId }, also: identified.events, at: now })
    return identified.person
  })
}
