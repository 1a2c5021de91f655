// A visitor asks for a live chat (docs/semantics.md, section 6).
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Conversation, Workspace } from '../../database/generated/client/client.ts'
import type { Transaction } from '../../database/open.ts'
import { ForbiddenError } from '../../errors.ts'
import { targetInput } from '../booking/target-input.ts'
import type { RequestContext, Services } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { once } from '../idempotency.ts'
import { callerOf, requireVisitor, type VisitorViewer } from '../identity/viewer.ts'
import { idempotencyKey, parseInput, webUrl } from '../input.ts'
import { lockVisitor } from '../people/identify-person.ts'
import { isBlocked } from '../people/is-blocked.ts'
import { runTransaction } from '../transaction.ts'
import { messageSent } from './chat-events.ts'
import { messageText } from './message-input.ts'
import { offerNext } from './offer-next.ts'
import { type Quota, quotaSince, requireQuota } from './quota.ts'
import { placeRequest } from './settle-offer.ts'
import { writeMessage } from './write-message.ts'

/** Of one visitor. */
const QUOTA: Quota = { most: 10, withinMs: 10 * 60_000, message: 'At most 10 chats in ten minutes.' }

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
  return runTransaction(context, async (tx) => {
    const { workspace, personId } = await requireChat(tx, viewer)
    const id = await once(tx, { ...call, input: raw, now }, async () => {
      const open = await tx.conversation.findFirst({
        where: { visitorId: viewer.visitorId, state: { in: ['REQUESTED', 'OFFERED', 'ACTIVE'] } },
        select: { id: true },
      })
      return open?.id ?? (await begin(context, { tx, viewer, workspace, personId, input, now }))
    })
    return tx.conversation.findUniqueOrThrow({ where: { id } })
  })
}

/** Calls of one visitor wait for each other from here on. */
async function requireChat(
  tx: Transaction,
  { visitorId, workspaceId }: VisitorViewer,
): Promise<{ workspace: Workspace; personId: string }> {
  const visitor = await lockVisitor(tx, visitorId)
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  if (visitor === null || !workspace.chatEnabled) {
    throw new ForbiddenError('The workspace takes no live chats.')
  }
  // Read once the visitor is locked: joined to it, a person that it has just left would be looked for in vain.
  const { email } = await tx.person.findUniqueOrThrow({ where: { id: visitor.personId } })
  if (isBlocked(email, workspace.blockedEmailDomains)) {
    throw new ForbiddenError('The workspace takes no live chats from this address.')
  }
  return { workspace, personId: visitor.personId }
}

interface NewChat {
  tx: Transaction
  personId: string
  viewer: VisitorViewer
  workspace: Workspace
  input: Request
  now: Date
}

/** @returns the conversation's id */
async function begin(services: Services, chat: NewChat): Promise<string> {
  const { tx, viewer, workspace, personId, input, now } = chat
  const { visitorId, workspaceId } = viewer
  requireQuota(QUOTA, await readLatest(tx, { visitorId, now }))
  const target = input.target ?? { roundRobin: true as const }
  const requested = await tx.conversation.create({
    data: {
      ...{ id: uuidv7(), workspaceId, personId, visitorId, state: 'REQUESTED', target },
      ...{ pageUrl: input.pageUrl ?? null, requestedAt: now, lastActiveAt: now },
    },
  })
  const message = { viewer, text: input.text ?? '', clientKey: null, now }
  const written = input.text ? await writeMessage(tx, { conversation: requested, ...message }) : null
  const conversation = written?.conversation ?? requested
  const request = { conversation, workspace, target, except: [], attempt: 1, transferredBy: null, now }
  const offer = await offerNext(services, { tx, request })
  const events = await placeRequest(tx, { conversation, offer, now })
  const said = written ? [messageSent(written.message, conversation)] : []
  await appendEvents(tx, { workspaceId, at: now, events: [...said, ...events] })
  return requested.id
}

async function readLatest(
  tx: Transaction,
  { visitorId, now }: { visitorId: string; now: Date },
): Promise<Date[]> {
  const requests = await tx.conversation.findMany({
    where: { visitorId, requestedAt: { gt: quotaSince(QUOTA, now) } },
    select: { requestedAt: true },
    orderBy: { requestedAt: 'desc' },
    take: QUOTA.most,
  })
  return requests.map(({ requestedAt }) => requestedAt)
}
