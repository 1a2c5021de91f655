// Series and their occurrences, and the exceptions that were moved, changed or cancelled. An exception is stored as an
// event; the other occurrences are computed at each read.
import { expandSeries, type Occurrence, occurrenceStartingAt } from '../recurrence.ts'
import { instantOf, isWithin, originalStartKey, seriesOf, toUtc, type Window } from './event-times.ts'
import type { Calendar, EventResource, EventTime, StoredEvent } from './state.ts'

export const isSeries = ({ resource }: StoredEvent) => (resource.recurrence ?? []).length > 0
export const isException = ({ resource }: StoredEvent) => typeof resource.recurringEventId === 'string'
export const isCancelled = ({ resource }: StoredEvent) => resource.status === 'cancelled'

/** Finds an event by id, including the ids of occurrences that are computed. */
export function findEvent(calendar: Calendar, id: string): StoredEvent | undefined {
  const stored = calendar.events.get(id)
  if (stored) return stored
  const [, seriesId = '', key = ''] = /^(.+)_(\d{8}(?:T\d{6}Z)?)$/.exec(id) ?? []
  const series = calendar.events.get(seriesId)
  if (!series || !isSeries(series) || isCancelled(series)) return undefined
  const start = key.replace(/^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/, (_, y, m, d, h, min, s) =>
    h === undefined ? `${y}-${m}-${d}` : `${y}-${m}-${d}T${h}:${min}:${s}Z`,
  )
  const instant = instantOf(start.length === 10 ? { date: start } : { dateTime: start }, calendar)
  const occurrence = occurrenceStartingAt(seriesOf(series.resource, calendar), instant)
  return occurrence && makeOccurrence(series, occurrence)
}

/** The events in the window, with series expanded and without cancelled ones. */
export function eventsWithin(calendar: Calendar, window: Window): StoredEvent[] {
  const all = [...calendar.events.values()].filter((stored) => !isCancelled(stored))
  return all.flatMap((stored) => {
    if (isSeries(stored)) return occurrencesOf(calendar, stored, window)
    if (isException(stored) && !hasLiveSeries(calendar, stored)) return []
    return isWithin(stored.resource, calendar, window) ? [stored] : []
  })
}

/** The occurrences that are not replaced by an exception. */
export function occurrencesOf(calendar: Calendar, series: StoredEvent, window: Window): StoredEvent[] {
  return expandSeries(seriesOf(series.resource, calendar), window)
    .map((occurrence) => makeOccurrence(series, occurrence))
    .filter(({ resource }) => !calendar.events.has(String(resource.id)))
}

/** An exception takes place only while its series is not cancelled. */
export function hasLiveSeries(calendar: Calendar, exception: StoredEvent): boolean {
  const series = calendar.events.get(String(exception.resource.recurringEventId))
  return series !== undefined && !isCancelled(series)
}

export function exceptionsOf(calendar: Calendar, seriesId: string): StoredEvent[] {
  return [...calendar.events.values()].filter(({ resource }) => resource.recurringEventId === seriesId)
}

/** The occurrences that the series lost when its times changed, as cancelled events. */
export function formerOccurrences(calendar: Calendar, series: StoredEvent, window: Window): StoredEvent[] {
  const present = isCancelled(series) ? [] : occurrencesOf(calendar, series, window)
  const ids = new Set(present.map(({ resource }) => resource.id))
  const states = isCancelled(series) ? [...series.former, series.resource] : series.former
  return states
    .flatMap((resource) => occurrencesOf(calendar, { ...series, resource }, window))
    .filter(({ resource }) => !ids.has(resource.id) && ids.add(resource.id))
    .map((stored) => ({ ...stored, resource: { ...stored.resource, status: 'cancelled' } }))
}

function makeOccurrence(series: StoredEvent, occurrence: Occurrence): StoredEvent {
  const { resource } = series
  const timeZone = resource.start?.timeZone
  const toTime = (instant: Date, local: string): EventTime =>
    resource.start?.date ? { date: local } : { dateTime: toUtc(instant), timeZone }
  const start = toTime(occurrence.start, occurrence.localStart)
  const own: EventResource = structuredClone(resource)
  delete own.recurrence
  return {
    ...series,
    former: [],
    resource: {
      ...own,
      id: `${resource.id}_${originalStartKey(start)}`,
      recurringEventId: resource.id,
      originalStartTime: start,
      start,
      end: toTime(occurrence.end, occurrence.localEnd),
    },
  }
}
