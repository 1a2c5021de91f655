// Offers a visitor's request to the agent whose turn it is. If no agent has room but one will have, and the workspace lets
// requests wait, the request waits (docs/semantics.md, section 6).
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { type DecisionRecord, recordDecision, recordingDecision } from '../../routing/decision.ts'
import { decideTurn, lockTurns, offerInTurn, offerNext, recordMiss } from '../offers/offer-next.ts'
import type { OfferRequest } from '../offers/seat-offer.ts'
import { beginningConversation } from '../request/begin-conversation.ts'
import { type QueueAhead, readQueueAhead, waitingDecision, waits } from './queue-ahead.ts'
import { waitEnd } from './rules.ts'

/** What became of a request: columns of the conversation. */
export type RequestOutcome =
  | { state: 'OFFERED' }
  | (Pick<Conversation, 'waitUntil' | 'waitPlace'> & { state: 'REQUESTED' })
  | { state: 'MISSED'; endedAt: Date }

/** Like `offerNext`. A conversation that is new is inserted with its outcome, and one that begins to wait is updated; the
 * caller records that an earlier request is missed, and appends the events unless the chat is offered.
 * @param given.isQueueEmpty whether no request waits in the workspace; left out: unknown
 * @throws NotFoundError for a target that the workspace does not have */
export async function offerOrWait(
  services: Pick<Services, 'jobs'>,
  { tx, request, isQueueEmpty = false }: { tx: Transaction; request: OfferRequest; isQueueEmpty?: boolean },
): Promise<RequestOutcome> {
  const { now, workspace } = request
  const missed = { state: 'MISSED', endedAt: now } as const
  // One statement less under the lock of the pool.
  if (workspace.waitSeconds === 0 && isQueueEmpty) {
    return (await offerNext(services, { tx, request })) ? { state: 'OFFERED' } : missed
  }
  const turns = await lockTurns(tx, request)
  const queue = await readQueueAhead(tx, { ...request.conversation, before: request.conversation, now })
  // An agent with room is for those who wait longer; the next sweep offers their chats, then this one.
  const { unserved } =
    queue.ahead > 0
      ? { unserved: await decideTurn(tx, { turns, request }) }
      : await offerInTurn(services, { tx, turns, request })
  if (unserved === null) return { state: 'OFFERED' }
  const { record, candidates } = unserved
  if (waits({ ...record, ...queue, ...workspace, candidates })) {
    return beginWait(tx, { request, record, queue })
  }
  await recordMiss(tx, { request, record })
  return missed
}

/** Like `offerOrWait`, but a team or an agent that was removed since the request counts as having no eligible agent. */
export async function offerOrWaitAgain(
  services: Pick<Services, 'jobs'>,
  given: Parameters<typeof offerOrWait>[1],
): Promise<RequestOutcome> {
  try {
    return await offerOrWait(services, given)
  } catch (error) {
    if (error instanceof NotFoundError) return { state: 'MISSED', endedAt: given.request.now }
    throw error
  }
}

async function beginWait(
  tx: Transaction,
  { request, record, queue }: { request: OfferRequest; record: DecisionRecord; queue: QueueAhead },
): Promise<RequestOutcome> {
  const { conversation, opening, workspace, now } = request
  const waitUntil = waitEnd({ ...queue, ...workspace, now })
  const waiting = { state: 'REQUESTED', waitUntil, waitPlace: queue.ahead + 1 } as const
  const asWaiting = { ...record, decision: waitingDecision(record.decision) }
  if (opening === null) {
    await tx.conversation.update({ where: { id: conversation.id }, data: waiting })
    await recordDecision(tx, asWaiting)
  } else {
    const begun = { conversation: { ...conversation, ...waiting }, ...opening }
    await tx.$executeRaw`WITH ${beginningConversation(begun)} ${recordingDecision(asWaiting)}`
  }
  return waiting
}
