// The jobs that tell an agent of a chat offer by Web Push. One job for an offer enlists one for each browser, so that a
// browser whose push service fails is tried again and the others are not told twice.
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import type { ChatOfferJob, ChatPushJob } from '../../jobs.ts'
import { runTransaction } from '../../transaction.ts'
import { composeChatOffered, composeChatOfferSettled } from './chat-push.ts'

/** Tells every browser of the agent of an offer that is still open; once, however often the job runs. */
export async function pushChatOffer(services: Services, { offerId }: ChatOfferJob): Promise<void> {
  const now = services.clock.now()
  await runTransaction(services, async (tx) => {
    const { count } = await tx.chatOffer.updateMany({
      where: { id: offerId, state: 'PENDING', expiresAt: { gt: now }, pushedAt: null },
      data: { pushedAt: now },
    })
    if (count > 0) await enlistForEachBrowser(services, { tx, offerId, pushedAt: now, kind: 'CHAT_OFFERED' })
  })
}

/** Takes it back in the browsers that were told, once the offer is settled in whatever way. */
export async function pushSettledChatOffer(services: Services, { offerId }: ChatOfferJob): Promise<void> {
  await runTransaction(services, async (tx) => {
    const offer = await tx.chatOffer.findUnique({ where: { id: offerId } })
    const pushedAt = offer?.pushedAt
    if (pushedAt) await enlistForEachBrowser(services, { tx, offerId, pushedAt, kind: 'CHAT_OFFER_SETTLED' })
  })
}

async function enlistForEachBrowser(
  { jobs }: Services,
  push: { tx: Transaction; offerId: string; pushedAt: Date; kind: ChatPushJob['kind'] },
): Promise<void> {
  const { tx, offerId, pushedAt, kind } = push
  const subscriptions = await tx.pushSubscription.findMany({
    where: { agent: { offers: { some: { id: offerId } } }, createdAt: { lte: pushedAt } },
  })
  await jobs.enlist(
    tx,
    'chat-push-browser',
    subscriptions.map(({ id }) => ({ offerId, subscriptionId: id, kind })),
  )
}

/** Tells one browser, and forgets it if it does not want to be told any more.
 * @throws what the sender throws: worth a repeat for as long as there is something to tell */
export async function sendChatPush(services: Services, job: ChatPushJob): Promise<void> {
  const { database, clock, push } = services
  const offer = await readOffer(database, job.offerId)
  if (offer === null) return
  const compose = job.kind === 'CHAT_OFFERED' ? composeChatOffered : composeChatOfferSettled
  const message = compose(offer, clock.now())
  // By now it may be another agent's, who must not read this.
  const subscription = await database.pushSubscription.findFirst({
    where: { id: job.subscriptionId, agentId: offer.agentId, agent: { removedAt: null } },
  })
  if (message === null || subscription === null) return
  const outcome = await push.send(subscription, message)
  if (outcome === 'SENT') return
  const { id, endpoint } = subscription
  await runTransaction(services, (tx) => tx.pushSubscription.deleteMany({ where: { id, endpoint } }))
}

function readOffer(database: Database, id: string) {
  const firstMessage = { where: { author: 'VISITOR' as const }, orderBy: { seq: 'asc' as const }, take: 1 }
  return database.chatOffer.findUnique({
    where: { id },
    include: { conversation: { include: { person: true, messages: firstMessage } } },
  })
}
