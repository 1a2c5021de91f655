// What the worker passes to booking when an agent has changed one of our events in the calendar. Booking owns the
// meetings, and applies the change.
import type { CalendarEntry, Meeting } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { OwnEvent } from '../../ports/calendar-provider.ts'

/** An entry that shows the meeting's present revision: no change of ours waits to be written. */
export type CurrentEntry = CalendarEntry & { eventId: string; meeting: Meeting }

export interface RemoteChange {
  entry: CurrentEntry
  /** null: the event no longer exists. */
  event: OwnEvent | null
}

export interface WorkerServices extends Services {
  applyRemoteChange(services: Services, change: RemoteChange): Promise<void>
}
