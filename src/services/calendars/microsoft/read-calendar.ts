// Reads a window of an Outlook calendar. Of events that are not ours, it requests only the times, whether they count as
// busy, and the marks that ours have. Guests are requested of our own events only, of all of them at once.
import { z } from 'zod'
import type { BusyEvent, CalendarAccess, CalendarReading } from '../../ports/calendar-provider.ts'
import { DAY, type Interval } from '../../time.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { type GraphTimes, intervalOf, isBusy } from './busy.ts'
import { type GraphClient, withQuery } from './client.ts'
import { listMarkedEvents, PAGE_SIZE } from './events.ts'
import { ANY_EVENT, type AnyEvent, anyEvent, isOwn, ownEventOf } from './own-event.ts'
import { ianaZoneOf } from './zone-names.ts'

interface Scope {
  access: CalendarAccess
  /** The requested window. */
  window: Interval
  deadline: AbortSignal | undefined
}

/** @param options.deadlineMs for all requests together
 * @throws CalendarFault */
export async function readCalendar(
  client: GraphClient,
  access: CalendarAccess,
  { window, deadlineMs }: { window: Interval; deadlineMs: number | undefined },
): Promise<CalendarReading> {
  const deadline = deadlineMs === undefined ? undefined : AbortSignal.timeout(deadlineMs)
  // Graph compares all-day events by midnights that may be up to a day away from those of the mailbox.
  const around = { start: window.start - DAY, end: window.end + DAY }
  const scope = { access, window: around, deadline }
  const [timeZone, all] = await Promise.all([readTimeZone(client, scope), listEvents(client, scope)])
  const isHere = (event: GraphTimes) => isInWindow(timesOf(event, timeZone), window)
  const here = all.filter(isHere)
  const foreign = here.filter((event) => !isOwn(event))
  const busy = foreign.flatMap((event) => busyEventOf(event, timeZone) ?? [])
  if (foreign.length === here.length) return { busy, own: [], timeZone }
  const marked = await listMarkedEvents(client, access, scope)
  const ours = marked.filter((event) => isOwn(event) && isHere(event))
  return { busy, own: ours.flatMap((event) => ownEventOf(event, timeZone) ?? []), timeZone }
}

/** Falls back on the known zone when the mailbox has a custom one. */
async function readTimeZone(client: GraphClient, { access, deadline }: Scope): Promise<string> {
  const settings = await client.ask(
    access,
    { method: 'GET', path: '/me/mailboxSettings', of: 'CALENDAR', deadline },
    z.object({ timeZone: z.string().nullish() }),
  )
  return ianaZoneOf(settings.timeZone ?? '') ?? access.timeZone
}

function listEvents(client: GraphClient, { access, window, deadline }: Scope): Promise<AnyEvent[]> {
  const path = withQuery('/me/calendarView', {
    startDateTime: new Date(window.start).toISOString(),
    endDateTime: new Date(window.end).toISOString(),
    $top: String(PAGE_SIZE),
    ...ANY_EVENT,
  })
  return client.list(access, { path, deadline }, anyEvent)
}

/** @returns null when it leaves the agent free */
function busyEventOf(event: AnyEvent, timeZone: string): BusyEvent | null {
  const { start, end } = timesOf(event, timeZone)
  return isBusy(event) && start < end ? { eventId: event.id, start, end } : null
}

/** Time that cannot be read must not be offered as free.
 * @throws CalendarFault */
function timesOf(event: GraphTimes, timeZone: string): Interval {
  const interval = intervalOf(event, timeZone)
  if (Number.isNaN(interval.start + interval.end)) {
    throw new CalendarFault('RETRY', 'An event of the Outlook calendar has no time.')
  }
  return interval
}

function isInWindow({ start, end }: Interval, window: Interval): boolean {
  return start < window.end && end > window.start
}
