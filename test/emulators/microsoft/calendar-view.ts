// The routes that expand series: the calendar view of a window, and the instances of one series.
import type { Answer } from '../http-server.ts'
import { context, show } from './event-routes.ts'
import { type Call, findParameter, preferenceApplied, requireCalendar } from './graph-call.ts'
import { pageOf, readFilter } from './query.ts'
import { badRequest } from './refusals.ts'
import { type Item, itemsOfSeries, itemsWithin, requireItem } from './series.ts'
import { readInstant } from './zones.ts'

const MAX_DAYS = 1825
const DAY = 24 * 60 * 60_000

export function getCalendarView(call: Call): Answer {
  const calendar = requireCalendar(call.account, call.parts[0])
  const window = readWindow(call.query)
  return answerPage(call, itemsWithin(call.account, { calendarId: calendar.id, ...window }))
}

export function getInstances(call: Call): Answer {
  const { account } = call
  const { event, type } = requireItem(account, call.parts[0] ?? '')
  if (type !== 'seriesMaster') throw badRequest('ErrorInvalidOperation', 'The event is not a series.')
  const { from, to } = readWindow(call.query)
  const items = itemsOfSeries(event, { account, from, to }).filter(
    ({ start, end }) => start < to && end > from,
  )
  return answerPage(call, items)
}

function answerPage(call: Call, items: Item[]): Answer {
  const { query, url, world, preferences } = call
  const shown = sorted(items.filter(readFilter(query)), query).map((item) => show(call, item))
  const page = pageOf(shown, { url, defaultTop: 10, emptyPages: world.behaviour.emptyPages })
  return { status: 200, headers: preferenceApplied(preferences), body: { ...context(call), ...page } }
}

/** Without $orderby single events precede the occurrences of series. */
function sorted(items: Item[], query: URLSearchParams): Item[] {
  const [, field, direction] =
    /^(start|end)\/dateTime(?:\s+(asc|desc))?$/i.exec(query.get('$orderby') ?? '') ?? []
  if (field === undefined) return items
  const of = (item: Item) => item[field.toLowerCase() as 'start' | 'end'].getTime()
  const sign = direction?.toLowerCase() === 'desc' ? -1 : 1
  return [...items].sort((one, other) => sign * (of(one) - of(other)))
}

/** @throws GraphRefusal for a missing window, or one longer than five years */
export function readWindow(query: URLSearchParams): { from: Date; to: Date } {
  const [start, end] = ['startDateTime', 'endDateTime'].map((name) => findParameter(query, name))
  if (start === undefined || end === undefined) {
    throw badRequest(
      'ErrorInvalidParameter',
      'This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.',
    )
  }
  const [from, to] = [readInstant(start, 'startDateTime'), readInstant(end, 'endDateTime')]
  if (to < from) {
    throw badRequest('ErrorInvalidParameter', 'The end of the time window must not be before its start.')
  }
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY) {
    throw badRequest(
      'ErrorCalendarViewRangeTooBig',
      `The requested time window is too long. The maximum is ${MAX_DAYS} days.`,
    )
  }
  return { from, to }
}
