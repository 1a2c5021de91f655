// The days of a report in every zone, against the wall clock of Intl.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateAt, datesBetween, spansOf, timeOf } from '../../src/services/reports/days.ts'
import { ODD_ZONES, YEARS } from './arbitraries.ts'
import { findChanges, readWall } from './oracle.ts'
import { RUNS } from './properties.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const ZONES = [...new Set([...Intl.supportedValuesOf('timeZone'), ...ODD_ZONES, 'UTC'])]

const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)

/** @returns the date that the spans say of an instant; null: none of the range */
function dateIn(range: { from: string; to: string; timeZone: string }, instant: number): string | null {
  const { day = null } = spansOf(range).find(({ start, end }) => start <= instant && instant < end) ?? {}
  return day === null ? null : (datesBetween(range.from, range.to)[day] ?? null)
}

/** @returns the instants around a change of the clock of which the spans say another date than the wall clock */
function wrongAround(change: number, timeZone: string): object[] {
  const range = { from: dateOf(change - DAY), to: dateOf(change + DAY), timeZone }
  const spans = spansOf(range)
  const dates = datesBetween(range.from, range.to)
  const instants = Array.from(
    { length: 53 },
    (_, index) => change + (index - 26) * HOUR + (index % 2) * 29 * MINUTE,
  )
  return instants.flatMap((instant) => {
    const { date } = readWall(timeZone, instant)
    const { day = null } = spans.find(({ start, end }) => start <= instant && instant < end) ?? {}
    const found = day === null ? undefined : dates[day]
    const expected = dates.find((each) => each === date)
    return found === expected ? [] : [{ timeZone, instant: new Date(instant), found, expected }]
  })
}

describe('the days of a report', () => {
  it('are those of the wall clock, around each of its changes in every zone', () => {
    const wrong = ZONES.flatMap((timeZone) =>
      findChanges(timeZone, YEARS).flatMap((change) => wrongAround(change, timeZone)),
    )
    expect(wrong).toEqual([])
  })

  it('are those of the wall clock at any instant of any range', () => {
    const cases = fc.record({
      timeZone: fc.constantFrom(...ZONES),
      first: fc.integer({ min: YEARS.start / DAY, max: YEARS.end / DAY - 800 }),
      days: fc.integer({ min: 1, max: 731 }),
      minutes: fc.array(fc.integer({ min: -2880, max: 740 * 1440 }), { minLength: 1, maxLength: 20 }),
    })
    const property = fc.property(cases, ({ timeZone, first, days, minutes }) => {
      const range = { from: dateOf(first * DAY), to: dateOf((first + days - 1) * DAY), timeZone }
      for (const minute of minutes) {
        const instant = first * DAY + minute * MINUTE
        const { date } = readWall(timeZone, instant)
        expect(dateAt(timeZone, instant)).toBe(date)
        expect(dateIn(range, instant)).toBe(range.from <= date && date <= range.to ? date : null)
      }
    })
    fc.assert(property, { numRuns: RUNS })
  })

  it('lie one after the other, and are as long as the zone makes them', () => {
    const hours = (timeZone: string, from: string, to = from) =>
      spansOf({ from, to, timeZone }).map(({ start, end, day }) => [day, (end - start) / HOUR])
    expect(hours('Europe/Berlin', '2026-03-28', '2026-03-30')).toEqual([
      [0, 24],
      [1, 23],
      [2, 24],
    ])
    expect(hours('Europe/Berlin', '2026-10-25')).toEqual([[0, 25]])
    expect(hours('Australia/Lord_Howe', '2026-04-05')).toEqual([[0, 24.5]])
    expect(hours('America/Sao_Paulo', '2018-11-04')).toEqual([[0, 23]])
  })

  it('include a date that the zone skipped, with no time in it', () => {
    const range = { from: '2011-12-29', to: '2011-12-31', timeZone: 'Pacific/Apia' }
    expect(datesBetween(range.from, range.to)).toEqual(['2011-12-29', '2011-12-30', '2011-12-31'])
    expect(spansOf(range).map(({ day }) => day)).toEqual([0, 2])
    expect(spansOf({ ...range, from: '2011-12-30', to: '2011-12-30' })).toEqual([])
    expect(timeOf(spansOf(range))).toHaveLength(1)
  })

  it('have two spans for a date that the zone came back to', () => {
    // At 00:01 on Sunday, the clock was put back to 23:01 on Saturday.
    const timeZone = 'America/St_Johns'
    const both = spansOf({ from: '2010-11-06', to: '2010-11-07', timeZone })
    expect(both.map(({ start, end, day }) => [day, (end - start) / MINUTE])).toEqual([
      [0, 1440],
      [1, 1],
      [0, 59],
      [1, 1440],
    ])
    const saturday = spansOf({ from: '2010-11-06', to: '2010-11-06', timeZone })
    expect(saturday.map(({ day }) => day)).toEqual([0, null, 0])
    expect(timeOf(saturday).map(({ start, end }) => (end - start) / MINUTE)).toEqual([1440, 59])
  })
})
