// A visitor asks for a live chat (docs/semantics.md, section 6).
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Conversation, Workspace } from '../../../database/generated/client/client.ts'
import { lockVisitor } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { ForbiddenError } from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { appendEvents } from '../../events/append-events.ts'
import { newEvent } from '../../events/new-events.ts'
import { once } from '../../idempotency.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireVisitor, type VisitorViewer } from '../../identity/viewer.ts'
import { idempotencyKey, parseInput, webUrl } from '../../input.ts'
import { isBlocked } from '../../people/is-blocked.ts'
import { targetInput } from '../../routing/target-input.ts'
import { MINUTE } from '../../time.ts'
import { runTransaction } from '../../transaction.ts'
import { messageText } from '../conversation/write-message.ts'
import { offerNext } from '../offers/offer-next.ts'
import { newConversation } from './begin-conversation.ts'
import { type Quota, quotaSince, requireQuota } from './quota.ts'
import { useWorkspaceQuota } from './workspace-quota.ts'

export const CHAT_REQUEST_QUOTA: Quota = {
  most: 10,
  withinMs: 10 * MINUTE,
  counts: 'requests by one visitor',
}

const requestLiveChatInput = z.object({
  target: targetInput.nullish(),
  text: messageText.nullish(),
  pageUrl: webUrl.nullish(),
  idempotencyKey,
})

type Request = z.output<typeof requestLiveChatInput>

/** Offers the chat to the first eligible agent at once. A visitor has one chat at a time: whoever has one gets that.
 * @returns the conversation: OFFERED, or MISSED when nobody is eligible, with the fallback
 * @throws ForbiddenError unless a visitor is asking, in a workspace with chat, with an address that is not blocked
 * @throws InvalidInputError, ConflictError (a key that was used before with other input), QuotaExceededError
 * @throws NotFoundError for a target that the workspace does not have */
export async function requestLiveChat(
  context: RequestContext,
  raw: z.input<typeof requestLiveChatInput>,
): Promise<Conversation> {
  const viewer = requireVisitor(context.viewer)
  const input = parseInput(requestLiveChatInput, raw)
  const { workspaceId } = viewer
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
      const caller = await requireChat(tx, viewer, now)
      if (caller.openChatId !== null) return caller.openChatId
      begun = await begin(context, { tx, viewer, caller, input, now })
      return begun.id
    }),
  )
  // After the transaction, so that others need not wait for it to take their turn.
  return begun?.id === id ? begun : context.database.conversation.findUniqueOrThrow({ where: { id } })
}

/** What decides about a visitor's request. */
interface ChatRequester
  extends Pick<
    Workspace,
    'chatEnabled' | 'blockedEmailDomains' | 'offerTimeoutSeconds' | 'maxOffersPerRequest'
  > {
  personId: string
  email: string | null
  openChatId: string | null
  /** Of the last requests within the quota's time, the latest first. */
  latest: Date[]
}

/** Calls of one visitor wait for each other from here on. */
async function requireChat(tx: Transaction, viewer: VisitorViewer, now: Date): Promise<ChatRequester> {
  const visitor = await lockVisitor(tx, viewer.visitorId)
  // Read once the visitor is locked: joined to it, a person that it has just left would be looked for in vain.
  const caller = visitor && (await readChatRequester(tx, { ...visitor, now }))
  if (!caller?.chatEnabled) throw new ForbiddenError('The workspace has switched live chat off.')
  if (isBlocked(caller.email, caller.blockedEmailDomains)) {
    throw new ForbiddenError('The workspace takes no live chats from this e-mail address.')
  }
  return caller
}

/** One statement. */
async function readChatRequester(
  tx: Transaction,
  { visitorId, personId, now }: { visitorId: string; personId: string; now: Date },
): Promise<ChatRequester | null> {
  const [caller] = await tx.$queryRaw<ChatRequester[]>`
    SELECT p."id" AS "personId", p."email", w."chatEnabled", w."blockedEmailDomains", w."offerTimeoutSeconds",
      w."maxOffersPerRequest",
      (
        SELECT c."id" FROM "Conversation" c
        WHERE c."visitorId" = ${visitorId}::uuid AND c."state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')
      ) AS "openChatId",
      ARRAY (
        SELECT c."requestedAt" FROM "Conversation" c
        WHERE c."visitorId" = ${visitorId}::uuid AND c."requestedAt" > ${quotaSince(CHAT_REQUEST_QUOTA, now)}::timestamptz
        ORDER BY c."requestedAt" DESC LIMIT ${CHAT_REQUEST_QUOTA.most}
      ) AS "latest"
    FROM "Person" p JOIN "Workspace" w ON w."id" = p."workspaceId"
    WHERE p."id" = ${personId}::uuid`
  return caller ?? null
}

interface NewChat {
  tx: Transaction
  viewer: VisitorViewer
  caller: ChatRequester
  input: Request
  now: Date
}

async function begin(services: Services, { tx, viewer, caller, input, now }: NewChat): Promise<Conversation> {
  const { visitorId, workspaceId } = viewer
  requireQuota(CHAT_REQUEST_QUOTA, caller.latest)
  await useWorkspaceQuota(tx, { kind: 'CHAT_REQUEST', workspaceId, visitorId, now })
  const target = input.target ?? { roundRobin: true as const }
  const message = input.text ? { id: uuidv7(), text: input.text } : null
  const given = { workspaceId, visitorId, personId: caller.personId, pageUrl: input.pageUrl ?? null, target }
  const conversation = newConversation(given, { message, now })
  const told = message === null ? [] : [newEvent.messageSent(message, conversation)]
  const request = { conversation, begins: { message }, workspace: caller, target, except: [], told, now }
  const offer = await offerNext(services, { tx, request: { ...request, attempt: 1, transferredBy: null } })
  if (offer !== null) return { ...conversation, state: 'OFFERED' }
  await appendEvents(tx, {
    workspaceId,
    at: now,
    events: [...told, newEvent.conversationUpdated(conversation)],
  })
  return { ...conversation, state: 'MISSED', endedAt: now }
}
