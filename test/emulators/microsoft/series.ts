// Expands events into what takes place: single events, occurrences of series, and exceptions. Graph's recurrence is
// converted to a rule of RFC 5545.
import { expandSeries, fromWallTime, occurrenceStartingAt } from '../recurrence.ts'
import type { Account, EventTime, Recurrence, StoredEvent } from './model.ts'
import { badRequest, GraphRefusal, itemNotFound } from './refusals.ts'
import { instantsOf } from './zones.ts'

type EventType = 'singleInstance' | 'seriesMaster' | 'occurrence' | 'exception'

/** An item with an id in Graph, as a calendar view lists it. */
export interface Item {
  /** The immutable id. */
  id: string
  type: EventType
  /** For an occurrence, the event of the series. */
  event: StoredEvent
  time: EventTime
  start: Date
  end: Date
  master?: StoredEvent
  /** The start by the rule, as a wall time of the series. */
  originalStart?: string
}

const DAYS = {
  sunday: 'SU',
  monday: 'MO',
  tuesday: 'TU',
  wednesday: 'WE',
  thursday: 'TH',
  friday: 'FR',
  saturday: 'SA',
}
const INDEXES = { first: 1, second: 2, third: 3, fourth: 4, last: -1 }

/** Converts a recurrence to an RRULE.
 * @throws GraphRefusal when it is invalid */
export function toRule({ pattern, range }: Recurrence): string {
  const days = (pattern.daysOfWeek ?? []).map((day) => DAYS[day.toLowerCase() as keyof typeof DAYS])
  const onDays = `BYDAY=${days.join(',')}`
  const nth = `${onDays};BYSETPOS=${INDEXES[pattern.index ?? 'first']}`
  const inMonth = `BYMONTH=${pattern.month}`
  const rules: Record<Recurrence['pattern']['type'], string[]> = {
    daily: ['FREQ=DAILY'],
    weekly: [
      'FREQ=WEEKLY',
      onDays,
      `WKST=${DAYS[(pattern.firstDayOfWeek ?? 'sunday') as keyof typeof DAYS]}`,
    ],
    absoluteMonthly: ['FREQ=MONTHLY', onDayOfMonth(pattern.dayOfMonth)],
    relativeMonthly: ['FREQ=MONTHLY', nth],
    absoluteYearly: ['FREQ=YEARLY', inMonth, onDayOfMonth(pattern.dayOfMonth)],
    relativeYearly: ['FREQ=YEARLY', inMonth, nth],
  }
  const rule = rules[pattern.type]
  if (rule === undefined || rule.some((part) => /=(,|;|$|undefined)/.test(part))) {
    throw badRequest('ErrorInvalidRecurrence', 'The recurrence pattern is invalid.')
  }
  return `RRULE:${[...rule, `INTERVAL=${pattern.interval ?? 1}`, ...limits(range)].join(';')}`
}

/** In a month that is too short, Exchange uses the last day, whereas a plain BYMONTHDAY would skip the month. */
function onDayOfMonth(day = 1): string {
  if (day <= 28) return `BYMONTHDAY=${day}`
  const candidates = Array.from({ length: day - 27 }, (_, index) => 28 + index)
  return `BYMONTHDAY=${candidates.join(',')};BYSETPOS=-1`
}

function limits(range: Recurrence['range']): string[] {
  if (range.type === 'endDate') return [`UNTIL=${(range.endDate ?? '').replaceAll('-', '')}`]
  return range.type === 'numbered' ? [`COUNT=${range.numberOfOccurrences ?? 1}`] : []
}

function seriesOf(event: StoredEvent, account: Account) {
  const { time, recurrence } = event
  return {
    start: time.start,
    end: time.end,
    timeZone: time.isAllDay ? account.zone : time.zone,
    recurrence: recurrence === null ? [] : [toRule(recurrence)],
  }
}

/** The items of a calendar within a window: single events by start, followed by each series, sorted by start. */
export function itemsWithin(
  account: Account,
  { calendarId, from, to }: { calendarId: string; from: Date; to: Date },
): Item[] {
  const events = account.events.filter((event) => event.calendarId === calendarId)
  const isWithin = ({ start, end }: { start: Date; end: Date }) =>
    start < to && (end > from || (end.getTime() === start.getTime() && start >= from))
  const byStart = (one: Item, other: Item) => one.start.getTime() - other.start.getTime()
  const singles = events
    .filter((event) => event.recurrence === null)
    .map((event) => itemOf(event, account))
    .filter(isWithin)
    .sort(byStart)
  const ofSeries = events
    .filter((event) => event.recurrence !== null)
    .map((master) => itemsOfSeries(master, { account, from, to }).filter(isWithin).sort(byStart))
  return [...singles, ...ofSeries.flat()]
}

/** The occurrences of a series within the window, and all its exceptions, even those moved out of the window. */
export function itemsOfSeries(
  master: StoredEvent,
  { account, from, to }: { account: Account; from: Date; to: Date },
): Item[] {
  const plain = expandSeries(seriesOf(master, account), { from, to })
    .filter(({ localStart }) => !master.exceptions.has(localStart))
    .map(({ localStart, localEnd }) => occurrenceOf(master, { account, localStart, localEnd }))
  const exceptions = [...master.exceptions].flatMap(([originalStart, event]) =>
    event === null ? [] : [exceptionOf(event, { master, originalStart, account })],
  )
  return [...plain, ...exceptions]
}

export function itemOf(event: StoredEvent, account: Account): Item {
  const type = event.recurrence === null ? 'singleInstance' : 'seriesMaster'
  return { id: event.id, type, event, time: event.time, ...instantsOf(event.time, account.zone) }
}

function occurrenceOf(
  master: StoredEvent,
  { account, localStart, localEnd }: { account: Account; localStart: string; localEnd: string },
): Item {
  const time = { ...master.time, start: localStart, end: localEnd }
  const id = occurrenceId(master, localStart)
  const instants = instantsOf(time, account.zone)
  return { id, type: 'occurrence', event: master, master, time, originalStart: localStart, ...instants }
}

function exceptionOf(
  event: StoredEvent,
  { master, originalStart, account }: { master: StoredEvent; originalStart: string; account: Account },
): Item {
  const instants = instantsOf(event.time, account.zone)
  return { id: event.id, type: 'exception', event, master, time: event.time, originalStart, ...instants }
}

export function occurrenceId(master: StoredEvent, localStart: string): string {
  return `${master.id.slice(0, -1)}-${localStart.replaceAll(/[-:T]/g, '')}=`
}

/** @param id of either kind; ids are case-sensitive
 * @throws GraphRefusal when there is no such event */
export function requireItem(account: Account, id: string): Item {
  const immutable = id.replace(/^AAMk/, 'AAkA')
  const event = account.events.find((one) => one.id === immutable)
  if (event !== undefined) return itemOf(event, account)
  const [, stem, digits] = /^(.+)-(\d{8}(?:\d{6})?)=$/.exec(immutable) ?? []
  const master = account.events.find((one) => one.id === `${stem}=`)
  if (master === undefined || master.recurrence === null || digits === undefined) throw itemNotFound()
  const originalStart = digits
    .replace(/^(\d{4})(\d\d)(\d\d)/, '$1-$2-$3')
    .replace(/(\d\d)(\d\d)(\d\d)$/, withTime)
  const exception = master.exceptions.get(originalStart)
  if (exception === null) throw itemNotFound()
  if (exception !== undefined) return exceptionOf(exception, { master, originalStart, account })
  const series = seriesOf(master, account)
  const occurrence = occurrenceStartingAt(series, fromWallTime(originalStart, series.timeZone))
  if (occurrence?.localStart !== originalStart) throw itemNotFound()
  return occurrenceOf(master, { account, localStart: originalStart, localEnd: occurrence.localEnd })
}

export function exists(account: Account, id: string): boolean {
  try {
    return requireItem(account, id) !== undefined
  } catch (error) {
    if (error instanceof GraphRefusal) return false
    throw error
  }
}

const withTime = (text: string, hour: string, minute: string, second: string) =>
  text.length === 6 ? `T${hour}:${minute}:${second}` : text
