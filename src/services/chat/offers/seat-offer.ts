// Writes an offer into one of the agent's seats, and all that goes with it.
import { v7 as uuidv7 } from 'uuid'
import {
  type ChatOffer,
  type Conversation,
  Prisma,
  type Workspace,
} from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { shareChatHours } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import { appendingEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent } from '../../events/new-events.ts'
import { type DecisionRecord, recordingDecision } from '../../routing/decision.ts'
import { movingPointer, type RoutingTarget, type Turns } from '../../routing/pool.ts'
import type { AgentStatus } from '../availability/read-status.ts'
import { beginningConversation, type FirstMessage } from '../request/begin-conversation.ts'

export interface OfferRequest {
  /** Locked, or new. */
  conversation: Conversation
  /** What a new conversation begins with; null: it is there already. */
  begins: { message: FirstMessage | null } | null
  workspace: Pick<Workspace, 'offerTimeoutSeconds' | 'maxOffersPerRequest'>
  target: RoutingTarget
  /** Who is not asked. */
  except: string[]
  attempt: number
  /** The agent who hands the chat over; null: a request. */
  transferredBy: string | null
  /** What is told before the offer. */
  told: NewEvent[]
  now: Date
}

interface Seating {
  tx: Transaction
  /** As read under the lock of the pool. */
  chosen: AgentStatus
  pool: Turns
  request: OfferRequest
  record: DecisionRecord
}

/** Offers the chat, keeps the decision, takes the turn and tells of it, in one statement: others wait for their turn
 * until it is committed.
 * @returns null when it is too late for this agent: then nothing is written */
export async function seatOffer(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, chosen, pool, request, record }: Seating,
): Promise<ChatOffer | null> {
  const { agentId } = chosen
  const { conversation, begins, now } = request
  const id = uuidv7()
  const isOffered = Prisma.sql`EXISTS (SELECT FROM offer)`
  const begun = begins
    ? Prisma.sql`${beginningConversation({ conversation: { ...conversation, state: 'OFFERED' }, ...begins }, isOffered)},`
    : Prisma.empty
  const [offer] = await tx.$queryRaw<ChatOffer[]>`
    WITH ${insertingOffer(tx, { id, chosen, request })},
    ${begun}
    decision AS (${recordingDecision(record, isOffered)}),
    ${movingPointer(tx, { pool, agentId, now, onlyIf: isOffered })},
    ${appendingEvents(tx, {
      ...{ workspaceId: conversation.workspaceId, at: now, events: toldOf({ id, agentId, request }) },
      // The streams are locked after everything else: whoever pauses an agent locks its place before them too.
      onlyIf: Prisma.sql`${isOffered} AND (SELECT count(*) FROM place) IS NOT NULL`,
    })}
    SELECT * FROM offer`
  if (offer === undefined) return null
  if (!chosen.signedIn) await jobs.enlist(tx, 'chat-push', [{ offerId: offer.id }])
  return offer
}

/** Whoever changes the agent's hours or toggle, or removes the agent, waits until the transaction is over; if that was
 * done since they were read, there is no such version any more. The lock is shared: others may offer this agent a chat
 * at the same time, but cannot take the same seat. */
function insertingOffer(
  tx: Transaction,
  offer: { id: string; chosen: AgentStatus; request: OfferRequest },
): Prisma.Sql {
  const { id, chosen, request } = offer
  const { conversation, workspace, attempt, transferredBy, now } = request
  const expiresAt = new Date(now.getTime() + workspace.offerTimeoutSeconds * 1000)
  const agent = shareChatHours(tx, chosen)
  noteLocks(tx, 'reservation', [''])
  return Prisma.sql`
    agent AS MATERIALIZED (${agent}), offer AS (
      INSERT INTO "ChatOffer" ("id", "workspaceId", "conversationId", "agentId", "attempt", "transferredBy",
        "offeredAt", "expiresAt", "seat", "capacity")
      SELECT ${id}::uuid, ${conversation.workspaceId}::uuid, ${conversation.id}::uuid, "agentId", ${attempt}::int,
        ${transferredBy}::uuid, ${now}::timestamptz, ${expiresAt}::timestamptz, ${freeSeat(chosen)}::int,
        ${chosen.capacity}::int
      FROM agent
      ON CONFLICT ("agentId", "seat") DO NOTHING
      RETURNING *
    )`
}

/** There is one: an agent whose seats are all taken is not eligible. */
function freeSeat({ takenSeats, capacity }: AgentStatus): number | undefined {
  return Array.from({ length: capacity }, (_one, index) => index + 1).find(
    (seat) => !takenSeats.includes(seat),
  )
}

function toldOf({ id, agentId, request }: { id: string; agentId: string; request: OfferRequest }) {
  const { conversation, told } = request
  return [
    ...told,
    newEvent.chatOffered({ id, agentId, conversationId: conversation.id }),
    newEvent.conversationUpdated(conversation),
    newEvent.routingChanged({ kind: 'LIVE_CHAT' }),
  ]
}
