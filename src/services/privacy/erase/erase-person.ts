// Erases a person: what the workspace knows of the person is removed everywhere, and what is left are rows that count
// meetings, chats and turns (docs/semantics.md, section 11). It is done in several transactions, each of which can be the
// last one: the next call goes on.

import { NotFoundError } from '../../../errors.ts'
import { cardCaller } from '../../booking/meetings/booking-card.ts'
import { forgetBudgets } from '../../budgets/forget-budgets.ts'
import type { Services } from '../../context.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { CALLER_WITH_LINK, requirePermission } from '../../identity/viewer.ts'
import { clearConversations } from './clear-conversations.ts'
import { clearPastMeetings } from './clear-past-meetings.ts'
import { closePerson } from './close-person.ts'

/** How many chats, and how many meetings, a call clears at most. */
export const MAX_CLEARED = 200

/** What a call has removed; zeros for what an earlier call had removed. */
export interface Erasure {
  personId: string
  /** Whether nothing is left; otherwise the next call goes on. */
  isComplete: boolean
  visits: number
  conversations: number
  messages: number
  meetings: number
  /** Mails in the folder of an installation without a mail server. */
  mails: number
}

/** @throws ForbiddenError without MANAGE_PRIVACY_AND_SECURITY
 * @throws NotFoundError for a person the workspace does not have
 * @throws ConflictError while a chat with the person is open or a meeting is to come. Nothing was changed */
export async function erasePerson(
  context: RequestContext,
  { personId }: { personId: string },
): Promise<Erasure> {
  const { workspaceId } = requirePermission(context.viewer, 'MANAGE_PRIVACY_AND_SECURITY')
  const person = { workspaceId, personId }
  const email = await readEmail(context, person)
  const closed = await closePerson(context, person)
  const chats = await clearConversations(context, { ...person, limit: MAX_CLEARED })
  const meetings = await clearPastMeetings(context, { ...person, limit: MAX_CLEARED })
  const mails = await forgetTraces(context, { ...person, ...closed, email })
  const isComplete = (await countLeft(context, person)) === 0
  return { personId, isComplete, visits: closed.visits, ...chats, meetings, mails }
}

interface Erased {
  workspaceId: string
  personId: string
}

/** @throws NotFoundError */
async function readEmail({ database }: Services, { workspaceId, personId }: Erased): Promise<string | null> {
  const person = await database.person.findFirst({ where: { id: personId, workspaceId } })
  if (person === null) throw new NotFoundError('input.personId')
  return person.email
}

/** Removes what names the person, its chats or its meetings outside of their rows: answers that are kept for retries, jobs,
 * budgets, and mails in the folder of this node.
 * @returns how many mails were deleted */
async function forgetTraces(
  services: Services,
  {
    workspaceId,
    personId,
    email,
    callers,
    requestIds,
  }: Erased & { email: string | null; callers: string[]; requestIds: string[] },
): Promise<number> {
  const { database, jobs, mailer } = services
  const ids = { where: { workspaceId, personId }, select: { id: true } }
  const conversationIds = (await database.conversation.findMany(ids)).map(({ id }) => id)
  const meetingIds = (await database.meeting.findMany(ids)).map(({ id }) => id)
  const all = [...callers, ...meetingIds.map((id) => `${CALLER_WITH_LINK}${id}`)]
  const keyed = [...all, ...callers.map(cardCaller)]
  await database.idempotencyKey.deleteMany({ where: { workspaceId, caller: { in: keyed } } })
  await forgetBudgets(services, {
    workspaceId,
    callers: all,
    recipients: [personId, ...(email ? [email] : [])],
  })
  await jobs.forget([personId, ...conversationIds, ...meetingIds, ...requestIds])
  return (await mailer.deleteKept?.({ messageIdPrefixes: [...meetingIds, ...requestIds] })) ?? 0
}

/** @returns how many chats and meetings are left, also those that a call which was under way has added */
async function countLeft({ database }: Services, { workspaceId, personId }: Erased): Promise<number> {
  const where = { workspaceId, personId, clearedAt: null }
  return (await database.conversation.count({ where })) + (await database.meeting.count({ where }))
}
