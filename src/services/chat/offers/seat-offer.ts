// Writes an offer, which takes one of the agent's seats, with everything that belongs to it.
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
  /** What a new conversation, which is yet to be inserted, opens with; null: the conversation exists. */
  opening: { message: FirstMessage | null } | null
  workspace: Pick<Workspace, 'offerTimeoutSeconds' | 'maxOffersPerRequest' | 'waitSeconds'>
  target: RoutingTarget
  /** The argument that has the target, for the error. Default: `input.target`. */
  field?: string
  /** The ids of agents who must not get the offer. */
  except: string[]
  attempt: number
  /** The agent who transfers the chat, or PRODUCT_ID; null: the visitor requested it. */
  transferredBy: string | null
  /** The events to append before those of the offer. */
  precedingEvents: NewEvent[]
  now: Date
}

interface Seating {
  tx: Transaction
  /** Read under the lock of the pool. */
  chosen: AgentStatus
  pool: Turns
  request: OfferRequest
  record: DecisionRecord
}

/** Writes the offer, records the decision, moves the pointer and appends the events. All of it is one statement, because
 * other requests wait for the pool's lock until the transaction commits.
 * @returns null when the agent has changed or the seat has been taken since they were read; then nothing is written */
export async function seatOffer(
  { jobs }: Pick<Services, 'jobs'>,
  { tx, chosen, pool, request, record }: Seating,
): Promise<ChatOffer | null> {
  const { agentId } = chosen
  const { conversation, opening, now } = request
  const id = uuidv7()
  const isOffered = Prisma.sql`EXISTS (SELECT FROM offer)`
  const insertingConversation = opening
    ? Prisma.sql`${beginningConversation({ conversation: { ...conversation, state: 'OFFERED' }, ...opening }, isOffered)},`
    : Prisma.empty
  const [offer] = await tx.$queryRaw<ChatOffer[]>`
    WITH ${insertingOffer(tx, { id, chosen, request })},
    ${insertingConversation}
    decision AS (${recordingDecision(record, isOffered)}),
    ${movingPointer(tx, { pool, agentId, now, onlyIf: isOffered })},
    ${appendingEvents(tx, {
      workspaceId: conversation.workspaceId,
      at: now,
      events: eventsOf({ id, agentId, request }),
      isChatNew: opening !== null,
      // Counting the places makes the statement lock them before the streams, in the order in which pausing an agent
      // locks them too.
      onlyIf: Prisma.sql`${isOffered} AND (SELECT count(*) FROM place) IS NOT NULL`,
    })}
    SELECT * FROM offer`
  if (offer === undefined) return null
  if (!chosen.signedIn) await jobs.enlist(tx, 'chat-push', [{ offerId: offer.id }])
  return offer
}

/** Locks the agent's hours in the version that was read: until the transaction ends, the hours and the toggle cannot be
 * changed, nor the agent removed. If that has happened since, no row has that version and nothing is inserted. The lock
 * is shared: concurrent transactions can offer this agent a chat too, but cannot take the same seat. */
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
      ON CONFLICT ("agentId", "seat") WHERE "seat" IS NOT NULL DO NOTHING
      RETURNING *
    )`
}

/** @returns the number of a free seat; undefined when there is none. An eligible agent always has one. */
export function freeSeat({
  takenSeats,
  capacity,
}: Pick<AgentStatus, 'takenSeats' | 'capacity'>): number | undefined {
  return Array.from({ length: capacity }, (_one, index) => index + 1).find(
    (seat) => !takenSeats.includes(seat),
  )
}

function eventsOf({ id, agentId, request }: { id: string; agentId: string; request: OfferRequest }) {
  const { conversation, precedingEvents } = request
  return [
    ...precedingEvents,
    newEvent.chatOffered({ id, agentId, conversationId: conversation.id }),
    newEvent.conversationChanged(conversation),
    newEvent.routingChanged({ kind: 'LIVE_CHAT' }),
  ]
}
