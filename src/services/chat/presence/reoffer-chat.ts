// Offers a running chat whose agent is gone to the next agent of its pool: a transfer by the product. The chat stays with
// its agent until another one accepts (docs/semantics.md, section 6).
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import { NotFoundError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { PRODUCT_ID } from '../../identity/viewer.ts'
import { readPool } from '../../routing/pool.ts'
import { targetInput } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { readChatCandidates } from '../offers/candidates.ts'
import { offerAgain } from '../offers/offer-next.ts'

/** A chat that is to be offered on. */
interface LeftChat extends Pick<Conversation, 'id' | 'workspaceId' | 'target'> {
  /** The agents who get no offer: the one who is gone, and those who have declined one since, or let it expire. */
  except: string[]
}

/** Offers on the chats whose agent has been gone for `reofferAfterSeconds`, the one left longest first. A chat for which
 * nobody is eligible is tried again in the next sweep.
 * @param options.limit how many chats to read at most */
export async function reofferLeftChats(services: Services, options: { limit: number }): Promise<void> {
  const { database, clock, onError } = services
  const now = clock.now()
  const left = await readLeftChats(database, { ...options, now })
  const eligible = new Map<string, string[]>()
  for (const chat of left) {
    const pool = JSON.stringify([chat.workspaceId, chat.target])
    const agentIds = eligible.get(pool) ?? (await readEligible(database, { chat, now }))
    eligible.set(pool, agentIds)
    if (agentIds.some((id) => !chat.except.includes(id))) await reofferChat(services, chat.id).catch(onError)
  }
}

/** Has no effect when the agent is back, the chat is offered already, or nobody is eligible. */
async function reofferChat(services: Services, id: string): Promise<void> {
  const now = services.clock.now()
  try {
    await runTransaction(services, async (tx) => {
      const conversation = await lockConversation(tx, id)
      // The agent may have returned, or another node have offered the chat, before the lock was granted.
      const [left] = await readLeftChats(tx, { now, limit: 1, id })
      if (left !== undefined) await offerOn(services, { tx, conversation, left, now })
    })
  } catch (error) {
    if (!(error instanceof NobodyEligible)) throw error
  }
}

/** Thrown to roll back: a decision without an outcome is not recorded, because each sweep would record one. */
class NobodyEligible extends Error {
  override name = 'NobodyEligible'
}

async function offerOn(
  services: Services,
  given: { tx: Transaction; conversation: Conversation; left: LeftChat; now: Date },
): Promise<void> {
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
  if (offer === null) throw new NobodyEligible()
}

/** @param which.id left out: any chat */
function readLeftChats(
  database: Database | Transaction,
  { now, limit, id = null }: { now: Date; limit: number; id?: string | null },
): Promise<LeftChat[]> {
  return database.$queryRaw<LeftChat[]>`
    SELECT c."id", c."workspaceId", c."target", ARRAY (
      SELECT o."agentId" FROM "ChatOffer" o
      WHERE o."conversationId" = c."id" AND o."transferredBy" = ${PRODUCT_ID}::uuid
        AND o."state" IN ('DECLINED', 'EXPIRED') AND o."offeredAt" >= c."agentGoneAt"
      UNION SELECT c."agentId"
    ) AS "except"
    FROM "Conversation" c
    JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE c."state" = 'ACTIVE' AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND w."reofferAfterSeconds" > 0
      AND c."agentGoneAt" <= ${now}::timestamptz - w."reofferAfterSeconds" * interval '1 second'
      AND NOT EXISTS (
        SELECT FROM "ChatOffer" o WHERE o."conversationId" = c."id" AND o."state" = 'PENDING'
      )
    ORDER BY c."agentGoneAt", c."id" LIMIT ${limit}`
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
