// What the `subscribe` resolver of a subscription field returns: the source from which the server reads events. GraphQL
// requires an async iterable; the server (server/live) never iterates it, because it executes an operation once for
// many clients.
import type { SlotCalendar } from '../services/booking/slots/list-slots.ts'
import type { SlotFeedSource } from '../services/booking/slots/open-slot-feed.ts'
import type { StoredEvent } from '../services/events/catalogue.ts'
import type { EventSource, SubscriptionNotice } from '../services/events/event-source.ts'
import type { Signal } from '../services/ports/wake-ups.ts'

/** The root values with which the server executes subscriptions. */
export type LiveRoot = StoredEvent | Signal | SubscriptionNotice | SlotCalendar

/** Stands in a response in place of each client's own cursor. No text in the database can contain it. */
export const CURSOR_PLACEHOLDER = '\u0000cursor\u0000'

export class LiveSource<Root extends LiveRoot = LiveRoot> implements AsyncIterable<Root> {
  /** Subscriptions with the same key receive the same. */
  readonly key: string
  /** Subscriptions with the same text here can share answers (`colleaguesOf`); null: with nobody. */
  readonly colleagues: string | null
  readonly of: { events: EventSource } | { slots: SlotFeedSource }

  constructor(of: { events: EventSource } | { slots: SlotFeedSource }) {
    this.of = of
    this.key = 'events' in of ? `${of.events.streamId} ${of.events.view}` : of.slots.key
    const isShared = 'events' in of && of.events.colleagues !== null
    this.colleagues = isShared ? `${of.events.streamId} ${of.events.colleagues}` : null
  }

  [Symbol.asyncIterator](): AsyncIterator<Root> {
    throw new Error('A live source cannot be iterated: the server reads the source that it names.')
  }
}
