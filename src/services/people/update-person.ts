// Lets an agent record what is known about a person, for example during a chat with them.
import { z } from 'zod'
import { Prisma } from '../../database/generated/client/client.ts'
import { lockPerson, lockUniqueValues, lockVisitors } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { ConflictError, ForbiddenError, NotFoundError } from '../../errors.ts'
import { MAX_CRM_STATUS_LENGTH } from '../attributes/built-in.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, requirePermission, requireStaff, type Viewer } from '../identity/viewer.ts'
import { line, parseInput } from '../input.ts'
import { attendeeAddressJob } from '../jobs.ts'
import { RestartTransaction, runTransaction } from '../transaction.ts'
import { checkAttributes } from './check-attributes.ts'
import { lockOpenChats, updateOpenChats } from './open-chats.ts'
import { personInput } from './person-input.ts'
import { givenFields } from './save-person.ts'

const updatePersonInput = z.object({
  personId: z.string(),
  person: personInput,
  crmStatus: line(MAX_CRM_STATUS_LENGTH).nullish(),
})

/** Omitted and null fields keep their values. An e-mail identifies an anonymous person or replaces the person's e-mail.
 * @param read reads the answer in the same transaction: an anonymous person is deleted once its visitor turns out to be
 *   another
 * @returns what `read` returned
 * @throws ForbiddenError without VIEW_ALL_CONVERSATIONS, unless the viewer has VIEW_MY_CONVERSATIONS and an active chat
 *   with the person
 * @throws InvalidInputError
 * @throws NotFoundError for a person the workspace does not have
 * @throws ConflictError when the e-mail belongs to another person */
export async function updatePerson<Answer>(
  context: RequestContext,
  raw: z.input<typeof updatePersonInput>,
  read: (tx: Transaction, personId: string) => Promise<Answer>,
): Promise<Answer> {
  const viewer = requireConversations(context.viewer)
  const { personId, person: given, crmStatus } = parseInput(updatePersonInput, raw)
  const { workspaceId } = viewer
  const email = given.email ?? undefined
  try {
    return await runTransaction(context, async (tx) => {
      const before = await requirePerson(tx, { workspaceId, personId, newEmail: email })
      await requireChatWith(tx, { viewer, personId })
      const person = await checkAttributes(tx, { workspaceId, said: given })
      const data = { ...givenFields(person), email, crmStatus: crmStatus ?? undefined, claimantId: null }
      const updated = await tx.person.update({ where: { id: personId }, data })
      const isNewEmail = updated.email !== before.email
      const otherEvents = isNewEmail ? await revokeVerification(tx, personId) : []
      if (isNewEmail && before.email !== null) {
        const job = attendeeAddressJob({ attendee: { personId }, previousAddress: before.email })
        await context.jobs.enlist(tx, 'attendee-address', [job])
      }
      const answer = await read(tx, personId)
      await updateOpenChats(tx, { workspaceId, of: { personId }, otherEvents, at: context.clock.now() })
      return answer
    })
  } catch (error) {
    throw emailTaken(error) ?? error
  }
}

/** @throws ForbiddenError when the viewer may not read any conversation */
function requireConversations(viewer: Viewer): AgentViewer {
  const staff = requireStaff(viewer)
  if (staff.permissions.has('VIEW_ALL_CONVERSATIONS')) return staff
  return requirePermission(viewer, 'VIEW_MY_CONVERSATIONS')
}

/** Locks the person with its visitors and its open chats, in the order of database/locks.ts. The chats are locked before
 * the e-mail changes: a transaction that writes in one of them may still check its person, and would wait.
 * @throws NotFoundError */
async function requirePerson(
  tx: Transaction,
  { newEmail, ...which }: { workspaceId: string; personId: string; newEmail: string | undefined },
): Promise<{ email: string | null }> {
  const { workspaceId, personId } = which
  const ofPerson = Prisma.sql`"personId" = ${personId}::uuid AND "workspaceId" = ${workspaceId}::uuid`
  await lockVisitors(tx, ofPerson)
  const oldEmail = newEmail && (await lockEmails(tx, { ...which, newEmail }))
  const person = await lockPerson(tx, which)
  // What was erased stays erased: a person with the address is a new one.
  if (person === null || person.erasedAt !== null) throw new NotFoundError('input.personId')
  if (newEmail && person.email !== oldEmail) throw new RestartTransaction()
  await lockOpenChats(tx, { personId })
  return person
}

/** Locks the person's present e-mail and its new one.
 * @returns the present one, which can change until the person is locked */
async function lockEmails(
  tx: Transaction,
  { workspaceId, personId, newEmail }: { workspaceId: string; personId: string; newEmail: string },
): Promise<string | null> {
  const person = await tx.person.findFirst({ where: { id: personId, workspaceId }, select: { email: true } })
  const oldEmail = person?.email ?? null
  const emails = oldEmail === null ? [newEmail] : [oldEmail, newEmail]
  await lockUniqueValues(tx, ...emails.map((value) => ({ workspaceId, of: 'person e-mail' as const, value })))
  return oldEmail
}

/** @throws ForbiddenError unless the viewer may read all conversations or has an active one with the person */
async function requireChatWith(
  tx: Transaction,
  { viewer, personId }: { viewer: AgentViewer; personId: string },
): Promise<void> {
  const needed = 'VIEW_ALL_CONVERSATIONS'
  if (viewer.permissions.has(needed)) return
  const { agentId } = viewer
  const chats = await tx.conversation.count({ where: { personId, agentId, state: 'ACTIVE' } })
  if (chats > 0) return
  throw new ForbiddenError(
    `This requires the permission ${needed}, or an active conversation with the person.`,
    needed,
  )
}

/** The customer's site vouched for the old e-mail only. The visitors that were verified with it must not read what the
 * owner of the new e-mail does.
 * @returns the events to append */
async function revokeVerification(tx: Transaction, personId: string): Promise<NewEvent[]> {
  const visitors = await tx.visitor.updateManyAndReturn({
    where: { personId, verified: true },
    data: { verified: false },
    select: { id: true },
  })
  // The open chats are locked already.
  await tx.conversation.updateMany({
    where: { personId, verified: true, endedAt: null },
    data: { verified: false },
  })
  return visitors.map(({ id }) => newEvent.accessChanged({ visitorId: id }))
}

/** @returns a ConflictError when the database refused the e-mail as a duplicate, otherwise null */
function emailTaken(error: unknown): ConflictError | null {
  return sqlStateOf(error) === UNIQUE_VIOLATION
    ? new ConflictError('ADDRESS_TAKEN', 'Another person of the workspace has this address.')
    : null
}
