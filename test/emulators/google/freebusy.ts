// freebusy.query of the Calendar API: when calendars are busy, without details of the events.
import { type Call, type Method, readBody } from './call.ts'
import { badRequest, refusal, timeRangeEmpty } from './errors.ts'
import { readInstant, showInstant, spanOf, type Window } from './event-times.ts'
import { eventsWithin } from './occurrences.ts'
import { type Calendar, type EventResource, findCalendar } from './state.ts'

interface FreeBusyRequest {
  timeMin?: string
  timeMax?: string
  timeZone?: string
  items?: { id?: string }[]
  calendarExpansionMax?: number
}

const MAX_RANGE = 90 * 24 * 60 * 60_000
const MAX_CALENDARS = 50

export const query: Method = (call) => {
  const body = readBody<FreeBusyRequest>(call)
  const { timeMin, timeMax, timeZone = 'UTC', items = [] } = body
  if (!timeMin || !timeMax)
    throw refusal(400, 'required', `Missing ${timeMin ? 'timeMax' : 'timeMin'} parameter.`)
  const window = { from: readInstant(timeMin, 'timeMin'), to: readInstant(timeMax, 'timeMax') }
  if (window.to <= window.from) throw timeRangeEmpty()
  if (window.to.getTime() - window.from.getTime() > MAX_RANGE) {
    throw refusal(400, 'timeRangeTooLong', 'The requested time range is too long.', { domain: 'calendar' })
  }
  const limit = body.calendarExpansionMax ?? MAX_CALENDARS
  if (limit > MAX_CALENDARS) throw badRequest('Bad Request', 'parameter calendarExpansionMax')
  const calendars = items.map(({ id = '' }, index) => [
    id,
    index < limit ? describe(call, id, { window, timeZone }) : failure('tooManyCalendarsRequested'),
  ])
  return {
    status: 200,
    body: {
      kind: 'calendar#freeBusy',
      timeMin: window.from.toISOString(),
      timeMax: window.to.toISOString(),
      calendars: Object.fromEntries(calendars),
    },
  }
}

function describe({ account }: Call, id: string, options: { window: Window; timeZone: string }) {
  const calendar = findCalendar(account, id)
  if (!calendar) return failure('notFound')
  if (calendar.freeBusyError) return failure(calendar.freeBusyError)
  const show = (time: number) => showInstant(new Date(time), options.timeZone)
  const busy = busyTimes(calendar, options.window)
  return { busy: busy.map(({ start, end }) => ({ start: show(start), end: show(end) })) }
}

const failure = (reason: string) => ({ errors: [{ domain: 'global', reason }], busy: [] })

/** The busy intervals in milliseconds, merged where they touch and clipped to the window. */
function busyTimes(calendar: Calendar, { from, to }: Window): { start: number; end: number }[] {
  const spans = eventsWithin(calendar, { from, to })
    .filter(({ resource }) => isBusy(resource))
    .map(({ resource }) => spanOf(resource, calendar))
    .map(({ start, end }) => ({
      start: Math.max(start.getTime(), from.getTime()),
      end: Math.min(end.getTime(), to.getTime()),
    }))
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start)
  const joined: typeof spans = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else joined.push(span)
  }
  return joined
}

function isBusy({ eventType, transparency, attendees }: EventResource): boolean {
  if (eventType === 'workingLocation' || eventType === 'birthday') return false
  if (transparency === 'transparent') return false
  return !attendees?.some(({ self, responseStatus }) => self && responseStatus === 'declined')
}
