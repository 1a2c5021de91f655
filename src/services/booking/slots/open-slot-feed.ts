// Watches the free slots of a target for an open date picker.
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn, viewOf } from '../../identity/viewer.ts'
import { readPool } from '../../routing/pool.ts'
import { parseSlotsArguments, type SlotCalendar, type SlotsArguments, toSlotCalendar } from './list-slots.ts'
import { NO_CALLER } from './meeting-candidates.ts'
import type { SlotFeed } from './slot-feed.ts'

/** What is free now. */
export interface SlotNews {
  /** For everybody who holds nothing. */
  shared: SlotCalendar
  /** Those who hold something: their own holds are not in their way. */
  holders: ReadonlySet<string>
  /** For one of them. */
  forHolder(caller: string): Promise<SlotCalendar>
}

export interface SlotListener {
  /** Told what is free now, and whenever that may have changed. */
  onNews(news: SlotNews): void
  /** An agent of the workspace was removed, or has other roles. */
  onAccessChanged(agentId: string): void
  /** It cannot be computed; it is tried again. */
  onError(error: unknown): void
}

export interface SlotFeedSource {
  /** Watches with the same key are told the same. */
  key: string
  /** See `callerOf`. */
  caller: string
  /** @param slotFeed the node's
   * @returns unsubscribes, once the subscription has begun */
  start(slotFeed: SlotFeed, listener: SlotListener): Promise<() => void>
}

/** @throws as `listSlots` */
export async function openSlotFeed(context: RequestContext, raw: SlotsArguments): Promise<SlotFeedSource> {
  const { timeZone, query } = parseSlotsArguments(context, raw)
  const shared = { ...query, caller: NO_CALLER }
  // Says now if there is no such target; what is free is computed by the watch, once for all.
  await readPool(context.database, { ...query, kind: 'MEETING', lock: false })
  return {
    key: JSON.stringify(['slots', viewOf(requireSignedIn(context.viewer)), shared, timeZone]),
    caller: query.caller,
    start: (slotFeed, listener) =>
      slotFeed.join(shared, {
        ...listener,
        onNews: ({ shared: found, holders, forHolder }) =>
          listener.onNews({
            shared: toSlotCalendar(found, timeZone),
            holders,
            forHolder: async (caller) => toSlotCalendar(await forHolder(caller), timeZone),
          }),
      }),
  }
}
