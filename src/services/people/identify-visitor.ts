// Lets a visitor identify itself, or add to what is known about it, during a visit.
import { z } from 'zod'
import type { Transaction } from '../../database/open.ts'
import { UnauthenticatedError } from '../../errors.ts'
import { spendBudgets } from '../budgets/spend-budgets.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requireVisitor } from '../identity/viewer.ts'
import { parseInput } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { identifyPerson, toReader } from './identify-person.ts'
import { checkIdentityHash, identityHashInput } from './identity-hash.ts'
import { updateOpenChats } from './open-chats.ts'
import { personInput } from './person-input.ts'
import type { PersonReader } from './seen-person.ts'

const identifyVisitorInput = z.object({ person: personInput, identityHash: identityHashInput })

/** @param read reads the answer, the person that the visitor now belongs to, in the same transaction: an anonymous person
 *   is deleted once its visitor turns out to be another. It gets who the visitor is by then
 * @returns what `read` returned
 * @throws ForbiddenError unless the viewer is a visitor
 * @throws UnauthenticatedError when the visitor does not exist any more
 * @throws QuotaExceededError
 * @throws InvalidInputError, also for an identity hash that is wrong or comes without an e-mail */
export async function identifyVisitor<Answer>(
  context: RequestContext,
  raw: z.input<typeof identifyVisitorInput>,
  read: (tx: Transaction, reader: PersonReader) => Promise<Answer>,
): Promise<Answer> {
  const { workspaceId, visitorId } = requireVisitor(context.viewer)
  const { person, identityHash } = parseInput(identifyVisitorInput, raw)
  await spendBudgets(context, { workspaceId, calls: ['identifications'] })
  const now = context.clock.now()
  return runTransaction(context, async (tx) => {
    const isVouchedFor = await checkIdentityHash(tx, { workspaceId, email: person.email, identityHash })
    const identified = await identifyPerson(tx, { workspaceId, visitorId, person, isVouchedFor, now })
    if (identified === null) throw new UnauthenticatedError('The visit has ended.')
    const answer = await read(tx, toReader(visitorId, identified))
    await updateOpenChats(tx, { workspaceId, of: { visitorId }, otherEvents: identified.events, at: now })
    return answer
  })
}
