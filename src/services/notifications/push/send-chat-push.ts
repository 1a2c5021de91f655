// The jobs that notify an agent of a chat offer by Web Push. The job for an offer enlists one job for each browser, so
// that a retry for a failing push service does not notify the other browsers twice.
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import type { ChatOfferJob, ChatPushJob } from '../../jobs.ts'
import { runTransaction } from '../../transaction.ts'
import { composeChatOffered, composeChatOfferSettled } from './chat-push.ts'
import { sendToBrowser } from './send-to-browser.ts'

/** Notifies every browser of the agent of an offer that is still open. The job is idempotent. */
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

/** Notifies the browsers that were notified of the offer that it is settled. */
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

/** Notifies one browser, and deletes its subscription when the push service reports it gone.
 * @throws the sender's error, so that the job is retried */
export async function sendChatPush(
  services: Services,
  job: ChatPushJob,
  signal?: AbortSignal,
): Promise<void> {
  const { database, clock } = services
  const offer = await readOffer(database, job.offerId)
  if (offer === null) return
  const compose = job.kind === 'CHAT_OFFERED' ? composeChatOffered : composeChatOfferSettled
  const message = compose(offer, clock.now())
  if (message === null) return
  const { subscriptionId } = job
  await sendToBrowser(services, { subscriptionId, agentId: offer.agentId, message, signal })
}

function readOffer(database: Database, id: string) {
  const firstMessage = { where: { author: 'VISITOR' as const }, orderBy: { seq: 'asc' as const }, take: 1 }
  return database.chatOffer.findUnique({
    where: { id },
    include: { conversation: { include: { person: true, messages: firstMessage } } },
  })
}
