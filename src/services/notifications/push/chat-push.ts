// Composes the push messages about a chat offer. The functions are pure; the job in send-chat-push.ts reads the offer
// and sends the message.
import type { OfferState } from '../../../database/generated/client/enums.ts'
import { personName } from '../../people/person-name.ts'
import type { PushMessage } from '../../ports/push-sender.ts'

interface PushedOffer {
  id: string
  state: OfferState
  expiresAt: Date
  settledAt: Date | null
  conversation: {
    id: string
    person: { firstName: string | null; lastName: string | null; email: string | null }
    /** The visitor's first message, or none. */
    messages: { text: string }[]
  }
}

export const SHOWN_CHARACTERS = 120
/** How long a push service keeps the message about a settled offer for a browser that is asleep. */
export const SETTLED_TTL_SECONDS = 60

/** @returns null when the offer is no longer open */
export function composeChatOffered(offer: PushedOffer, now: Date): PushMessage | null {
  const { conversation, expiresAt } = offer
  if (offer.state !== 'PENDING' || expiresAt <= now) return null
  const [firstMessage] = conversation.messages
  return {
    payload: JSON.stringify({
      kind: 'CHAT_OFFERED',
      offerId: toGlobalId('ChatOffer', offer.id),
      conversationId: toGlobalId('Conversation', conversation.id),
      personName: personName(conversation.person),
      text: beginningOf(firstMessage),
      expiresAt: expiresAt.toISOString(),
    }),
    ttlSeconds: Math.ceil((expiresAt.getTime() - now.getTime()) / 1000),
    topic: topicOf(offer),
    urgency: 'high',
  }
}

/** @returns null while the offer is pending, and once it has been over for so long that no browser shows it as open */
export function composeChatOfferSettled(offer: PushedOffer, now: Date): PushMessage | null {
  const { state, settledAt, expiresAt } = offer
  if (settledAt === null) return null
  const until = Math.max(expiresAt.getTime(), settledAt.getTime() + SETTLED_TTL_SECONDS * 1000)
  if (now.getTime() >= until) return null
  return {
    payload: JSON.stringify({
      kind: 'CHAT_OFFER_SETTLED',
      offerId: toGlobalId('ChatOffer', offer.id),
      state,
    }),
    ttlSeconds: SETTLED_TTL_SECONDS,
    topic: topicOf(offer),
    // As urgent as the message it replaces. Otherwise a sleeping browser would keep showing the offer.
    urgency: 'high',
  }
}

/** What a push message shows of a message; null if there is none. */
export function beginningOf(message: { text: string } | undefined): string | null {
  return message ? [...message.text].slice(0, SHOWN_CHARACTERS).join('') : null
}

/** The UUID of the offer or the conversation in 22 characters. All messages about it share this topic, so that each
 * replaces the one before. */
export function topicOf({ id }: { id: string }): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

/** The id as the API encodes it (src/schema/global-id.ts). */
export function toGlobalId(type: 'ChatOffer' | 'Conversation', id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}
