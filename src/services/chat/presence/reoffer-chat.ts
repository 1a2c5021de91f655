// Offers a running chat whose agent is gone, or was removed, to the next agent of its pool: a transfer by the product. The
// chat stays with its agent until another one accepts (docs/semantics.md, section 6).
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { PRODUCT_ID } from '../../identity/viewer.ts'
import { readPool } from '../../routing/pool.ts'
import { targetInput } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { endConversation } from '../conversation/end-conversation.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { readChatCandidates } from '../offers/candidates.ts'
import { offerAgain } from '../offers/offer-next.ts'

/** A chat that is to be offered on. */
interface LeftChat extends Pick<Conversation, 'id' | 'workspaceId' | 'target'> {
  /** Whether its agent was removed, and cannot return. */
  removed: boolean
  /** The agents who get no offer: the one who is gone, and those who have declined one since, or let it expire. */
  except: string[]
}

/** Offers on the chats whose agent has been gone for `reofferAfterSeconds`, or was removed, the oldest chat first. A chat
 * for which nobody is eligible is tried again in the next sweep; that of a removed agent is MISSED.
 * @param options.limit how many chats to offer on at most; the next sweep offers the others */
export async function reofferLeftChats(services: Services, { limit }: { limit: number }): Promise<void> {
  const { database, clock, onError } = services
  const now = clock.now()
  const eligible = new Map<string, string[]>()
  let attempts = 0
  for (const chat of await readLeftChats(database, { now })) {
    const pool = JSON.stringify([chat.workspaceId, chat.target])
    const agentIds = eligible.get(pool) ?? (await readEligible(database, { chat, now }))
    eligible.set(pool, agentIds)
    if (!chat.removed && agentIds.every((id) => chat.except.includes(id))) continue
    if (++attempts > limit) return
    const isTaken = await reofferChat(services, chat.id).catch(onError)
    // The seats were taken meanwhile: the pool need not be locked for the other chats.
    if (isTaken === false) eligible.set(pool, [])
  }
}

/** Has no effect when the agent is back, or the chat is offered already.
 * @returns false when nobody is eligible; the chat of a removed agent is MISSED then */
export async function reofferChat(services: Services, id: string): Promise<boolean> {
  const now = services.clock.now()
  try {
    return await runTransaction(services, async (tx) => {
      const conversation = await lockConversation(tx, id)
      // The agent may have returned, or another node have offered the chat, before the lock was granted.
      const [left] = await readLeftChats(tx, { now, id })
      if (left === undefined || (await offerOn(services, { tx, conversation, left, now }))) return true
      if (!left.removed) throw new NobodyEligible()
      await endConversation(services, { tx, conversation, as: 'MISSED', now })
      return false
    })
  } catch (error) {
    if (error instanceof NobodyEligible) return false
    throw error
  }
}

/** Thrown to roll back: a decision without an outcome is not recorded, because each sweep would record one. */
class NobodyEligible extends Error {
  override name = 'NobodyEligible'
}

/** @returns whether somebody is eligible */
async function offerOn(
  services: Services,
  given: { tx: Transaction; conversation: Conversation; left: LeftChat; now: Date },
): Promise<boolean> {
  const { tx, conversation, left, now } = given
  const { id: conversationId, workspaceId } = conversation
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const offers = await tx.chatOffer.count({ where: { conversationId } })
  const offer = await offerAgain(services, {
    tx,
    request: {
      conversation,
      opening: null,
      workspace,
      target: targetInput.parse(conversation.target),
      except: left.except,
      attempt: offers + 1,
      transferredBy: PRODUCT_ID,
      precedingEvents: [],
      now,
    },
  })
  return offer !== null
}

/** Reads all of them: those that nobody can take must not keep the others waiting.
 * @param which.id left out: any chat */
function readLeftChats(
  database: Database | Transaction,
  { now, id = null }: { now: Date; id?: string | null },
): Promise<LeftChat[]> {
  return database.$queryRaw<LeftChat[]>`
    SELECT c."id", c."workspaceId", c."target", a."removedAt" IS NOT NULL AS "removed", ARRAY (
      SELECT o."agentId" FROM "ChatOffer" o
      WHERE o."conversationId" = c."id" AND o."transferredBy" = ${PRODUCT_ID}::uuid
        AND o."state" IN ('DECLINED', 'EXPIRED') AND o."offeredAt" >= coalesce(c."agentGoneAt", a."removedAt")
      UNION SELECT c."agentId"
    ) AS "except"
    FROM "Conversation" c
    JOIN "Workspace" w ON w."id" = c."workspaceId"
    JOIN "Agent" a ON a."id" = c."agentId"
    WHERE c."state" = 'ACTIVE' AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND (a."removedAt" IS NOT NULL OR (
        w."reofferAfterSeconds" > 0
        AND c."agentGoneAt" <= ${now}::timestamptz - w."reofferAfterSeconds" * interval '1 second'
      ))
      AND NOT EXISTS (
        SELECT FROM "ChatOffer" o WHERE o."conversationId" = c."id" AND o."state" = 'PENDING'
      )
    ORDER BY c."id"`
}

/** Reads without a lock who of the pool is eligible, so that the pool is locked only when somebody is. */
async function readEligible(
  database: Database,
  { chat: { workspaceId, target }, now }: { chat: LeftChat; now: Date },
): Promise<string[]> {
  const query = { workspaceId, kind: 'LIVE_CHAT' as const, target: targetInput.parse(target), lock: false }
  try {
    const { agentIds } = await readPool(database, query)
    const candidates = await readChatCandidates(database, { agentIds, now })
    return candidates
      .filter(({ ineligibleBecause: reasons }) => reasons.length === 0)
      .map(({ agentId }) => agentId)
  } catch (error) {
    // The team or the agent was deleted since the request.
    if (error instanceof NotFoundError) return []
    throw error
  }
}
