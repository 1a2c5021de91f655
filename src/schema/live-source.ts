// What the resolver of a subscription field answers: where the server finds what happens. GraphQL asks for something
// that can be iterated; the server (server/live) never does, because it executes an operation once for many clients.
import type { SlotFeedSource } from '../services/booking/slots/open-slot-feed.ts'
import type { EventSource } from '../services/events/event-source.ts'

/** Stands in an answer where the client's own cursor belongs. No text of the database can hold it. */
export const CURSOR_PLACEHOLDER = '\u0000cursor\u0000'

export class LiveSource implements AsyncIterable<never> {
  /** Subscriptions with the same key are told the same. */
  readonly key: string
  readonly of: { events: EventSource } | { slots: SlotFeedSource }

  constructor(of: { events: EventSource } | { slots: SlotFeedSource }) {
    this.of = of
    this.key = 'events' in of ? `${of.events.streamId} ${of.events.view}` : of.slots.key
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('A live source is not iterated: the server reads what it names.')
  }
}
