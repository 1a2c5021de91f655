// What the worker hands on when an agent did something to one of our events in the calendar. Booking, which owns the
// meetings, applies it.
import type { CalendarEntry, Meeting } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import type { OwnEvent } from '../../ports/calendar-provider.ts'

/** An entry that shows the meeting's present revision: no change of ours is still to be written. */
export type CurrentEntry = CalendarEntry & { eventId: string; meeting: Meeting }

export interface RemoteChange {
  entry: CurrentEntry
  /** null: it is not there any more. */
  event: OwnEvent | null
}

export interface WorkerServices extends Services {
  applyRemoteChange(services: Services, change: RemoteChange): Promise<void>
}
