// Offers a visitor's request to the agent whose turn it is. If no agent has room but one will have, and the workspace lets
// requests wait, the request waits (docs/semantics.md, section 6).
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import {
  type DecisionRecord,
  recordDecision,
  recordingDecision,
  withOutcome,
} from '../../routing/decision.ts'
import {
  decideTurn,
  lockTurns,
  offerInTurn,
  offerNext,
  recordMiss,
  type Unserved,
} from '../offers/offer-next.ts'
import type { OfferRequest } from '../offers/seat-offer.ts'
import { beginningConversation } from '../request/begin-conversation.ts'
import { willHaveRoom } from './rules.ts'

/** What became of a request: columns of the conversation. */
export type RequestOutcome =
  | { state: 'OFFERED' }
  | (Pick<Conversation, 'waitUntil' | 'waitPlace'> & { state: 'REQUESTED' })
  | { state: 'MISSED'; endedAt: Date }

/** Like `offerNext`. A conversation that is new is inserted with its outcome, and one that begins to wait is updated; the
 * caller records that an earlier request is missed, and appends the events unless the chat is offered.
 * @throws NotFoundError for a target that the workspace does not have */
export async function offerOrWait(
  services: Pick<Services, 'jobs'>,
  { tx, request }: { tx: Transaction; request: OfferRequest },
): Promise<RequestOutcome> {
  const missed = { state: 'MISSED', endedAt: request.now } as const
  if (request.workspace.waitSeconds === 0) {
    return (await offerNext(services, { tx, request })) ? { state: 'OFFERED' } : missed
  }
  const pool = await lockTurns(tx, request)
  const ahead = await countAhead(tx, request.conversation)
  if (ahead > 0) {
    const { record, candidates } = await decideTurn(tx, { pool, request })
    // An agent with room is for those who wait longer; the next sweep offers their chats, then this one.
    const mayWait = record.decision.agentId !== null || willAnyHaveRoom(candidates)
    if (mayWait) return beginWait(tx, { request, record, place: ahead + 1 })
    await recordMiss(tx, { request, record })
    return missed
  }
  const { unserved } = await offerInTurn(services, { tx, pool, request })
  if (unserved === null) return { state: 'OFFERED' }
  const { record, candidates } = unserved
  if (willAnyHaveRoom(candidates)) return beginWait(tx, { request, record, place: 1 })
  await recordMiss(tx, { request, record })
  return missed
}

const willAnyHaveRoom = (candidates: Unserved['candidates']): boolean =>
  candidates.some(({ ineligibleBecause, status: { signedIn } }) =>
    willHaveRoom({ ineligibleBecause, signedIn }),
  )

/** Like `offerOrWait`, but a team or an agent that was removed since the request counts as having no eligible agent. */
export async function offerOrWaitAgain(
  services: Pick<Services, 'jobs'>,
  given: { tx: Transaction; request: OfferRequest },
): Promise<RequestOutcome> {
  try {
    return await offerOrWait(services, given)
  } catch (error) {
    if (error instanceof NotFoundError) return { state: 'MISSED', endedAt: given.request.now }
    throw error
  }
}

/** @returns how many requests to the same pool wait longer */
async function countAhead(
  tx: Transaction,
  { id, workspaceId, target, requestedAt }: Conversation,
): Promise<number> {
  const [row] = await tx.$queryRaw<{ ahead: number }[]>`
    SELECT count(*)::int AS "ahead" FROM "Conversation"
    WHERE "workspaceId" = ${workspaceId}::uuid AND "state" = 'REQUESTED' AND "target" = ${JSON.stringify(target)}::jsonb
      AND ("requestedAt", "id") < (${requestedAt}::timestamptz, ${id}::uuid)`
  return row?.ahead ?? 0
}

async function beginWait(
  tx: Transaction,
  { request, record, place }: { request: OfferRequest; record: DecisionRecord; place: number },
): Promise<RequestOutcome> {
  const { conversation, opening, workspace, now } = request
  const waitUntil = new Date(now.getTime() + workspace.waitSeconds * 1000)
  const waiting = { state: 'REQUESTED', waitUntil, waitPlace: place } as const
  const asWaiting = { ...record, decision: waitingDecision(record) }
  if (opening === null) {
    await tx.conversation.update({ where: { id: conversation.id }, data: waiting })
    await recordDecision(tx, asWaiting)
  } else {
    const begun = { conversation: { ...conversation, ...waiting }, ...opening }
    await tx.$executeRaw`WITH ${beginningConversation(begun)} ${recordingDecision(asWaiting)}`
  }
  return waiting
}

function waitingDecision({ decision }: DecisionRecord): DecisionRecord['decision'] {
  const [asked] = decision.steps
  return { ...decision, agentId: null, steps: asked ? [withOutcome('WAITS', asked)] : [] }
}
