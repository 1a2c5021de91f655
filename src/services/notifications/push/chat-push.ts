// What agents are told of a chat offer in browsers that they have registered. Pure: the job in send-chat-push.ts reads
// the offer and sends.
import type { OfferState } from '../../../database/generated/client/enums.ts'
import { personName } from '../../people/person-name.ts'
import type { PushMessage } from '../../ports/push-sender.ts'

export interface PushedOffer {
  id: string
  state: OfferState
  expiresAt: Date
  settledAt: Date | null
  conversation: {
    id: string
    person: { firstName: string | null; lastName: string | null; email: string | null }
    /** The visitor's first, or nothing. */
    messages: { text: string }[]
  }
}

const SHOWN_CHARACTERS = 120
/** For how long it is told that an offer is settled, to browsers that are not there: long enough to be woken up. */
const SETTLED_TTL_SECONDS = 60

/** @returns null when there is nothing to accept any more */
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
      text: firstMessage ? [...firstMessage.text].slice(0, SHOWN_CHARACTERS).join('') : null,
      expiresAt: expiresAt.toISOString(),
    }),
    ttlSeconds: Math.ceil((expiresAt.getTime() - now.getTime()) / 1000),
    topic: topicOf(offer),
    urgency: 'high',
  }
}

/** @returns null when nobody can take the offer for open any more: it is pending, or over for long */
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
    // As urgent as what it takes back: otherwise a sleeping browser would go on showing that.
    urgency: 'high',
  }
}

/** The UUID in 22 characters; both messages of an offer have the same. */
function topicOf({ id }: PushedOffer): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')
}

/** Ids as clients know them from the API (src/schema/global-id.ts). */
function toGlobalId(type: 'ChatOffer' | 'Conversation', id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64')
}
