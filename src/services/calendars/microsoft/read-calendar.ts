// Reads a window of an Outlook calendar. Of events that are not ours nothing is asked for but when they are, what they
// count as, and what tells ours from theirs; who is invited is asked of ours alone, each by its id.
import { z } from 'zod'
import { DAY, type Interval } from '../../availability/rules.ts'
import { CalendarFault } from '../calendar-fault.ts'
import type { BusyEvent, CalendarAccess, CalendarReading, OwnEvent } from '../calendar-provider.ts'
import { busyKindOf, type GraphTimes, intervalOf } from './busy.ts'
import { type GraphClient, withQuery } from './client.ts'
import { getEvent } from './events.ts'
import {
  ANY_EVENT,
  type AnyEvent,
  anyEvent,
  isConferencePending,
  isOwn,
  type OurEvent,
  ownEventOf,
} from './own-event.ts'
import { ianaZoneOf } from './zone-names.ts'

const PAGE_SIZE = 500
/** Whole days are filed by midnights that are not always those of the mailbox: up to a day off. */
const MARGIN = DAY
const REMEMBERED = 10_000

interface Scope {
  access: CalendarAccess
  window: Interval
  deadline: AbortSignal | undefined
}

/** What was read of our own events, by their ids. It holds as long as the version stays. */
export type ReadBefore = Map<string, OurEvent>

/** @param options.deadlineMs for all requests together
 * @throws CalendarFault */
export async function readCalendar(
  client: GraphClient,
  access: CalendarAccess,
  options: { window: Interval; deadlineMs: number | undefined; readBefore: ReadBefore },
): Promise<CalendarReading> {
  const { window, deadlineMs, readBefore } = options
  const deadline = deadlineMs === undefined ? undefined : AbortSignal.timeout(deadlineMs)
  const scope = { access, window, deadline }
  const [timeZone, all] = await Promise.all([readTimeZone(client, scope), listEvents(client, scope)])
  const here = all.filter((event) => isInWindow(timesOf(event, timeZone), window))
  const busy = here.flatMap((event) => (isOwn(event) ? [] : (busyEventOf(event, timeZone) ?? [])))
  const own = await Promise.all(
    here.filter(isOwn).map((event) => readOwn(client, scope, { event, timeZone, readBefore })),
  )
  return { busy, own: own.filter((event) => event !== null), timeZone }
}

/** A zone that only the mailbox knows leaves the one known so far. */
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
    startDateTime: new Date(window.start - MARGIN).toISOString(),
    endDateTime: new Date(window.end + MARGIN).toISOString(),
    $top: String(PAGE_SIZE),
    ...ANY_EVENT,
  })
  return client.list(access, { path, deadline }, anyEvent)
}

/** @returns null when it was deleted meanwhile */
async function readOwn(
  client: GraphClient,
  { access, deadline }: Scope,
  { event, timeZone, readBefore }: { event: AnyEvent; timeZone: string; readBefore: ReadBefore },
): Promise<OwnEvent | null> {
  const key = `${access.connectionId} ${event.id}`
  const known = readBefore.get(key)
  if (known?.changeKey === event.changeKey) return ownEventOf(known, timeZone)
  const found = await getEvent(client, access, { eventId: event.id, deadline })
  readBefore.delete(key)
  if (found === null) return null
  // The link of a meeting may come without a new version.
  if (!isConferencePending(found)) readBefore.set(key, found)
  if (readBefore.size > REMEMBERED) forgetOldest(readBefore)
  return ownEventOf(found, timeZone)
}

function forgetOldest(readBefore: ReadBefore): void {
  for (const key of readBefore.keys()) {
    readBefore.delete(key)
    return
  }
}

/** @returns null when it leaves the agent free */
function busyEventOf(event: AnyEvent, timeZone: string): BusyEvent | null {
  const kind = busyKindOf(event)
  const { start, end } = timesOf(event, timeZone)
  return kind === null || start >= end ? null : { eventId: event.id, kind, start, end }
}

/** Nothing may be offered as free because something could not be read.
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
