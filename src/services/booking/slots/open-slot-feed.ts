// Subscribes an open date picker to the free slots of a target.
import { addDays, endOfLocalDate, localDateAt } from '../../availability/rules.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { viewOf } from '../../identity/viewer.ts'
import { readPool } from '../../routing/pool.ts'
import type { Interval } from '../../time.ts'
import { parseSlotsArguments, type SlotCalendar, type SlotsArguments, toSlotCalendar } from './list-slots.ts'
import { NO_CALLER } from './meeting-candidates.ts'
import type { SlotFeed } from './slot-feed.ts'

/** The present free slots. */
export interface SlotUpdate {
  /** For every caller without a hold. */
  shared: SlotCalendar
  /** The callers with a hold. They get their own slots, because their holds do not count as busy for them. */
  holders: ReadonlySet<string>
  /** For one of the holders. */
  forHolder(caller: string): Promise<SlotCalendar>
}

interface SlotListener {
  /** Called at the start, and whenever the free slots may have changed. */
  onUpdate(update: SlotUpdate): void
  /** Called when an agent of the workspace was removed or got other roles. */
  onAccessChanged(agentId: string): void
  /** Called when the slots could not be computed. The feed retries soon. */
  onError(error: unknown): void
}

export interface SlotFeedSource {
  /** Subscriptions with the same key get the same updates. */
  key: string
  workspaceId: string
  /** See `callerOf`. */
  caller: string
  /** @param slotFeed the feed of this node
   * @returns unsubscribe, after the first update */
  start(slotFeed: SlotFeed, listener: SlotListener): Promise<() => void>
}

/** Widens a range to whole days of a zone, so that clients that ask for a range from now on share their slots. */
function toWholeDays({ start, end }: Interval, zone: string): Interval {
  const dayBefore = addDays(localDateAt(zone, start), -1)
  return { start: endOfLocalDate(zone, dayBefore), end: endOfLocalDate(zone, localDateAt(zone, end - 1)) }
}

/** @throws as `listSlots` */
export async function openSlotFeed(context: RequestContext, raw: SlotsArguments): Promise<SlotFeedSource> {
  const { timeZone, query } = await parseSlotsArguments(context, raw, 'slotsChanged')
  const range = toWholeDays(query.range, timeZone)
  const shared = { ...query, range, caller: NO_CALLER }
  const { viewer, database } = context
  const { workspaceId, target } = query
  // Fails at once for an unknown target. The feed computes the slots later, once for all subscribers.
  if (!('movingMeetingId' in target)) {
    await readPool(database, { workspaceId, target, kind: 'MEETING', lock: false })
  }
  const view = viewer.kind === 'ANONYMOUS' ? viewer.kind : viewOf(viewer)
  return {
    key: JSON.stringify(['slots', view, shared, timeZone]),
    workspaceId,
    caller: query.caller,
    start: (slotFeed, listener) =>
      slotFeed.join(shared, {
        ...listener,
        caller: query.caller,
        onUpdate: ({ shared: found, holders, forHolder }) =>
          listener.onUpdate({
            shared: toSlotCalendar(found, timeZone),
            holders,
            forHolder: async (caller) => toSlotCalendar(await forHolder(caller), timeZone),
          }),
      }),
  }
}
