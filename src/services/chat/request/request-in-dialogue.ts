// A dialogue leads to an agent: its conversation becomes a request for a live chat (docs/semantics.md, sections 6 and 10).
// What was said in the dialogue is the beginning of the chat.
import { type Conversation, Prisma } from '../../../database/generated/client/client.ts'
import { lockConversations, SKIPPING_LOCKED } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { networkKeyOf } from '../../budgets/client-key.ts'
import { appendEvents } from '../../events/append-events.ts'
import { type NewEvent, newEvent, participantsUpdated } from '../../events/new-events.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { IS_OPEN } from '../../people/open-chats.ts'
import { leaseCounts } from '../../presence/lease-counts.ts'
import type { RoutingTarget } from '../../routing/pool.ts'
import { writeMessage } from '../conversation/write-message.ts'
import { offerOrWaitAgain } from '../waiting/offer-or-wait.ts'
import { type ChatRequester, readChatRequester, requireWelcome } from './chat-requester.ts'

export interface DialogueRequest {
  tx: Transaction
  /** Locked. */
  visitorId: string
  /** The dialogue's, which is AUTOMATED and locked. */
  conversationId: string
  target: RoutingTarget
  /** What the visitor answered last. */
  answer: string
  /** To append first. */
  precedingEvents: NewEvent[]
  now: Date
}

/** Locks a conversation with the visitor's chat that is open, if there is one. The visitor must be locked. To be called
 * before anything is written to the conversation. */
export async function lockChatsOfVisitor(
  tx: Transaction,
  { visitorId, conversationId }: { visitorId: string; conversationId: string | null },
): Promise<void> {
  const which = Prisma.sql`"id" = ${conversationId}::uuid OR "visitorId" = ${visitorId}::uuid AND ${IS_OPEN}`
  await lockConversations(tx, which)
}

/** Like `requestLiveChat`. A team or an agent that was removed counts as having no eligible agent. A visitor has one chat at
 * a time: if it has one, the dialogue's conversation ends, and the answer becomes a message in the other. Must be the last
 * call in a transaction, like `appendEvents`.
 * @returns the id of the conversation in which the chat goes on
 * @throws ForbiddenError unless live chat is enabled, and the e-mail address is not blocked
 * @throws UnauthenticatedError when the visitor does not exist any more */
export async function requestInDialogue(context: RequestContext, request: DialogueRequest): Promise<string> {
  const { tx, visitorId, conversationId } = request
  const requester = requireWelcome(await readChatRequester(tx, visitorId))
  const { openChatId } = requester
  if (openChatId !== null) return goOnInOpenChat(request, openChatId)
  await becomeRequest(context, { request, requester })
  return conversationId
}

async function goOnInOpenChat(
  { tx, visitorId, conversationId, answer: text, precedingEvents, now }: DialogueRequest,
  openChatId: string,
): Promise<string> {
  const open = await tx.conversation.findUniqueOrThrow({ where: { id: openChatId } })
  const { workspaceId, personId, verified } = open
  const viewer = { kind: 'VISITOR', workspaceId, visitorId, personId, verified } as const
  const { message, conversation } = await writeMessage(tx, {
    conversation: open,
    viewer,
    text,
    clientKey: null,
    now,
  })
  const ended = await tx.conversation.update({
    where: { id: conversationId },
    data: { state: 'ENDED', endedAt: now },
  })
  const events = [participantsUpdated(ended), newEvent.messageSent(message, conversation)]
  await appendEvents(tx, { workspaceId, at: now, events: [...precedingEvents, ...events] })
  return openChatId
}

async function becomeRequest(
  context: RequestContext,
  { request, requester }: { request: DialogueRequest; requester: ChatRequester },
): Promise<void> {
  const { tx, conversationId: id, target, precedingEvents, now } = request
  const conversation = await asRequest(tx, request, networkKeyOf(context))
  const outcome = await offerOrWaitAgain(context, {
    tx,
    isQueueEmpty: requester.isQueueEmpty,
    request: {
      conversation,
      opening: null,
      workspace: requester,
      target,
      except: [],
      attempt: 1,
      transferredBy: null,
      precedingEvents,
      now,
    },
  })
  if (outcome.state === 'OFFERED') return
  if (outcome.state === 'MISSED') await tx.conversation.update({ where: { id }, data: outcome })
  await appendEvents(tx, {
    workspaceId: conversation.workspaceId,
    at: now,
    events: [...precedingEvents, newEvent.conversationChanged(conversation)],
  })
}

/** Pages that the visitor has left in the dialogue: it is there now, so they are no sign that it left the chat. */
const leavingBehind = ({ conversationId, now }: DialogueRequest) => Prisma.sql`
  DELETE FROM "VisitorLease" WHERE ("conversationId", "nodeId") IN (
    SELECT lease."conversationId", lease."nodeId" FROM "VisitorLease" lease
    WHERE lease."conversationId" = ${conversationId}::uuid AND ${leaseCounts({ now, goneForMs: 0 })} IS NOT TRUE
    ${SKIPPING_LOCKED}
  )`

/** The chat is that of the browser in which the agent is asked for, and of whoever the visitor is now. Nobody but the
 * visitor has read the dialogue. */
async function asRequest(
  tx: Transaction,
  request: DialogueRequest,
  clientNetwork: string | null,
): Promise<Conversation> {
  const { visitorId, conversationId, target, now } = request
  const [conversation] = await tx.$queryRaw<Conversation[]>`
    WITH lease AS (${leavingBehind(request)})
    UPDATE "Conversation" c SET "state" = 'OFFERED', "target" = ${JSON.stringify(target)}::jsonb,
 "visitorId" = v."id", "personId" = v."personId",
      "verified" = v."verified", "claimed" = v."claimed", "clientNetwork" = ${clientNetwork}::text,
      "requestedAt" = ${now}::timestamptz, "lastActiveAt" = greatest(c."lastActiveAt", ${now}::timestamptz)
    FROM "Visitor" v
    WHERE c."id" = ${conversationId}::uuid AND c."state" = 'AUTOMATED' AND v."id" = ${visitorId}::uuid
    RETURNING c.*`
  if (conversation === undefined) throw new Error(`No dialogue goes on in conversation ${conversationId}.`)
  return conversation
}
