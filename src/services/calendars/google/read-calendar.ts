// Reads a window of a Google calendar. Of events that are not ours, it requests only the times, whether they count as
// busy, and the marks that ours have. Guests are requested of our own events only.

import type { CalendarAccess, CalendarReading } from '../../ports/calendar-provider.ts'
import type { Interval } from '../../time.ts'
import { isTimeZone } from '../../zone-offsets.ts'
import { busyEventOf } from './busy-event.ts'
import type { GoogleClient } from './client.ts'
import { listEvents } from './events.ts'
import { isOwn, OWN_EVENTS, OWN_FIELDS, ownEventOf } from './own-event.ts'

const BUSY_FIELDS =
  'id,status,start,end,transparency,eventType,attendees(self,responseStatus),extendedProperties/private'

/** @param options.deadlineMs for all requests together
 * @throws CalendarFault */
export async function readCalendar(
  client: GoogleClient,
  access: CalendarAccess,
  { window, deadlineMs }: { window: Interval; deadlineMs: number | undefined },
): Promise<CalendarReading> {
  const deadline = deadlineMs === undefined ? undefined : AbortSignal.timeout(deadlineMs)
  const query = { timeMin: new Date(window.start).toISOString(), timeMax: new Date(window.end).toISOString() }
  const all = await listEvents(client, access, { query, fields: BUSY_FIELDS, deadline })
  const timeZone = isTimeZone(all.timeZone) ? all.timeZone : access.timeZone
  const foreign = all.events.filter((event) => !isOwn(event))
  const busy = foreign.flatMap((event) => busyEventOf(event, timeZone) ?? [])
  if (foreign.length === all.events.length) return { busy, own: [], timeZone }
  const ours = await listEvents(client, access, {
    query: { ...query, privateExtendedProperty: OWN_EVENTS },
    fields: OWN_FIELDS,
    deadline,
  })
  return { busy, own: ours.events.flatMap((event) => ownEventOf(event, timeZone) ?? []), timeZone }
}
