// Notices to the registered browsers of an agent who has no console: that a running chat has lost its agent, or that its
// visitor has written. All notices about a chat have one topic, so that in a browser the last one replaces those before.
import type { Conversation } from '../../../database/generated/client/client.ts'
import type { Database, Transaction } from '../../../database/open.ts'
import type { Services } from '../../context.ts'
import type { ChatNoticeJob } from '../../jobs.ts'
import { personName } from '../../people/person-name.ts'
import type { PushMessage } from '../../ports/push-sender.ts'
import { beginningOf, toGlobalId, topicOf } from './chat-push.ts'
import { sendToBrowser } from './send-to-browser.ts'

/** How long a push service keeps a notice for a browser that is asleep. */
export const NOTICE_TTL_SECONDS = 600

/** Dispatches a notice about a chat to each browser of its agent. */
export async function enlistChatNotices(
  { jobs }: Pick<Services, 'jobs'>,
  notice: {
    tx: Transaction
    conversation: Pick<Conversation, 'id' | 'agentId'>
    kind: ChatNoticeJob['kind']
  },
): Promise<void> {
  const { tx, conversation, kind } = notice
  const { id: conversationId, agentId } = conversation
  if (agentId === null) return
  const subscriptions = await tx.pushSubscription.findMany({ where: { agentId }, select: { id: true } })
  await jobs.enlist(
    tx,
    'chat-notice',
    subscriptions.map(({ id }) => ({ conversationId, subscriptionId: id, kind })),
  )
}

/** Sends a notice to one browser, with the chat as it is now. Has no effect once the agent has a console again, or the notice
 * is pointless.
 * @throws the sender's error, so that the job is retried */
export async function sendChatNotice(
  services: Services,
  job: ChatNoticeJob,
  signal?: AbortSignal,
): Promise<void> {
  const { database, clock } = services
  const chat = await readChat(database, job.conversationId)
  const message = chat && composeChatNotice(chat, job.kind)
  if (!chat?.agentId || !message) return
  const live = { agentId: chat.agentId, expiresAt: { gt: clock.now() } }
  if ((await database.consoleLease.count({ where: live })) > 0) return
  const { subscriptionId } = job
  await sendToBrowser(services, { subscriptionId, agentId: chat.agentId, message, signal })
}

type NoticedChat = NonNullable<Awaited<ReturnType<typeof readChat>>>

function readChat(database: Database, id: string) {
  const lastMessage = { where: { author: 'VISITOR' as const }, orderBy: { seq: 'desc' as const }, take: 1 }
  return database.conversation.findUnique({ where: { id }, include: { person: true, messages: lastMessage } })
}

/** @returns null when the chat is over, or there is no new message */
function composeChatNotice(chat: NoticedChat, kind: ChatNoticeJob['kind']): PushMessage | null {
  const { id, state, person, messages, messageCount, readByAgent } = chat
  const unread = messageCount - readByAgent
  if (state !== 'ACTIVE' || (kind === 'CHAT_MESSAGES' && unread === 0)) return null
  return {
    payload: JSON.stringify({
      kind,
      conversationId: toGlobalId('Conversation', id),
      personName: personName(person),
      text: beginningOf(messages[0]),
      unread,
    }),
    ttlSeconds: NOTICE_TTL_SECONDS,
    topic: topicOf(chat),
    urgency: 'high',
  }
}
