// A visitor asks for a live chat (docs/semantics.md, section 6).
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Conversation } from '../../../database/generated/client/client.ts'
import { lockVisitor } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { sendTogether } from '../../../database/send-together.ts'
import { networkKeyOf } from '../../budgets/client-key.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireVisitor, type VisitorViewer } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput, webUrl } from '../../input.ts'
import { findTarget } from '../../routing/list-bookables.ts'
import { askedTarget } from '../../routing/target-input.ts'
import { runTransaction } from '../../transaction.ts'
import { lockConversation } from '../conversation/lock-conversation.ts'
import { addMessage } from '../conversation/send-message.ts'
import { messageText } from '../conversation/write-message.ts'
import { offerOrWait } from '../waiting/offer-or-wait.ts'
import { newConversation } from './begin-conversation.ts'
import { type ChatRequester, readChatRequester, requireWelcome } from './chat-requester.ts'

const requestLiveChatInput = z.object({
  target: askedTarget.nullish(),
  text: messageText.nullish(),
  pageUrl: webUrl.nullish(),
  idempotencyKey,
})

type Request = z.output<typeof requestLiveChatInput>

/** Offers the chat to the first eligible agent at once. A visitor has one chat at a time: a visitor who has an open chat
 * gets that one, and the text becomes a message there.
 * @returns the conversation: OFFERED; REQUESTED if it waits for an agent with room; or MISSED if no agent is eligible
 * @throws ForbiddenError unless the viewer is a visitor, live chat is enabled, and the e-mail address is not blocked
 * @throws InvalidInputError, ConflictError (a key that was used before with other input), QuotaExceededError
 * @throws NotFoundError for a target that the workspace does not have
 * @throws UnauthenticatedError when the visitor does not exist any more */
export async function requestLiveChat(
  context: RequestContext,
  raw: z.input<typeof requestLiveChatInput>,
): Promise<Conversation> {
  const viewer = requireVisitor(context.viewer)
  const input = parseInput(requestLiveChatInput, raw)
  const { workspaceId } = viewer
  await spendBudgets(context, {
    workspaceId,
    calls: input.text ? ['chatRequests', 'messages'] : ['chatRequests'],
  })
  const now = context.clock.now()
  const call = {
    workspaceId,
    caller: callerOf(viewer),
    key: input.idempotencyKey,
    operation: 'requestLiveChat',
  }
  let begun: Conversation | undefined
  const id = await runTransaction(context, (tx) =>
    once(tx, { ...call, input: raw, now }, async () => {
      const requester = await requireChat(tx, viewer)
      const open = await addToOpenChat(tx, { viewer, requester, input, now })
      if (open !== null) return open
      begun = await begin(context, { tx, viewer, requester, input, now })
      return begun.id
    }),
  )
  // Read after the transaction, which holds the lock of the pool.
  return begun?.id === id ? begun : context.database.conversation.findUniqueOrThrow({ where: { id } })
}

/** Locks the visitor: concurrent calls of one visitor wait for each other from here on. */
async function requireChat(tx: Transaction, viewer: VisitorViewer): Promise<ChatRequester> {
  // Two statements, because the visitor may move to another person while this call waits for the lock: the snapshot of
  // the locking statement predates the lock, so a join there would not find the new person.
  const [visitor, requester] = await sendTogether(
    () => lockVisitor(tx, viewer.visitorId),
    () => readChatRequester(tx, viewer.visitorId),
  )
  return requireWelcome(visitor === null ? null : requester)
}

/** @returns the id of the visitor's open chat, to which the text was added; null if there is none */
async function addToOpenChat(
  tx: Transaction,
  { viewer, requester, input: { text }, now }: Omit<NewChat, 'tx'>,
): Promise<string | null> {
  const { openChatId } = requester
  if (openChatId === null || !text) return openChatId
  const conversation = await lockConversation(tx, openChatId)
  // The chat may have ended before the lock was granted.
  if (conversation.endedAt !== null) return null
  // The request's own key makes it idempotent.
  await addMessage(tx, { conversation, viewer, text, clientKey: null, now })
  return openChatId
}

interface NewChat {
  tx: Transaction
  viewer: VisitorViewer
  requester: ChatRequester
  input: Request
  now: Date
}

async function begin(
  context: RequestContext,
  { tx, viewer, requester, input, now }: NewChat,
): Promise<Conversation> {
  const { visitorId, workspaceId } = viewer
  const asked = input.target ?? { roundRobin: true as const }
  const target = await findTarget(tx, { workspaceId, target: asked, field: 'input.target' })
  const message = input.text ? { id: uuidv7(), text: input.text } : null
  const given = {
    workspaceId,
    visitorId,
    personId: requester.personId,
    verified: requester.verified,
    claimed: requester.claimed,
    pageUrl: input.pageUrl ?? null,
    clientNetwork: networkKeyOf(context),
    target,
  }
  const conversation = newConversation(given, { message, now })
  const precedingEvents = message === null ? [] : [newEvent.messageSent(message, conversation)]
  const outcome = await offerOrWait(context, {
    tx,
    isQueueEmpty: requester.isQueueEmpty,
    request: {
      conversation,
      opening: { message },
      workspace: requester,
      target,
      except: [],
      attempt: 1,
      transferredBy: null,
      precedingEvents,
      now,
    },
  })
  if (outcome.state === 'OFFERED') return { ...conversation, ...outcome }
  await appendEvents(tx, {
    workspaceId,
    at: now,
    events: [...precedingEvents, newEvent.conversationChanged(conversation)],
  })
  return { ...conversation, ...outcome }
}
