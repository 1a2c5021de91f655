import type { ChatOffer, OfferState } from '../../../database/generated/client/client.ts'

/** The state of an offer at an instant: once its time is up it is EXPIRED, whether anybody has noted it or not
 * (docs/semantics.md, section 6). */
export function offerStateAt(
  { state, expiresAt }: Pick<ChatOffer, 'state' | 'expiresAt'>,
  now: Date,
): OfferState {
  return state === 'PENDING' && expiresAt <= now ? 'EXPIRED' : state
}
