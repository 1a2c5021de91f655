// What the `subscribe` resolver of a subscription field returns: the source from which the server reads events. GraphQL
// requires an async iterable; the server (server/live) never iterates it, because it executes an operation once for
// many clients.
import type { SlotFeedSource } from '../services/booking/slots/open-slot-feed.ts'
import type { EventSource } from '../services/events/event-source.ts'

/** Stands in a response in place of each client's own cursor. No text in the database can contain it. */
export const CURSOR_PLACEHOLDER = '\u0000cursor\u0000'

export class LiveSource implements AsyncIterable<never> {
  /** Subscriptions with the same key receive the same. */
  readonly key: string
  readonly of: { events: EventSource } | { slots: SlotFeedSource }

  constructor(of: { events: EventSource } | { slots: SlotFeedSource }) {
    this.of = of
    this.key = 'events' in of ? `${of.events.streamId} ${of.events.view}` : of.slots.key
  }

  [Symbol.asyncIterator](): AsyncIterator<never> {
    throw new Error('A live source cannot be iterated: the server reads the source that it names.')
  }
}
