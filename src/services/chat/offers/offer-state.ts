import type { ChatOffer, OfferState } from '../../../database/generated/client/client.ts'

/** The state of an offer at an instant. After its deadline an offer is EXPIRED, even if no node has recorded it yet
 * (docs/semantics.md, section 6). */
export function offerStateAt(
  { state, expiresAt }: Pick<ChatOffer, 'state' | 'expiresAt'>,
  now: Date,
): OfferState {
  return state === 'PENDING' && expiresAt <= now ? 'EXPIRED' : state
}
