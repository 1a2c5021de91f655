import { describe, expect, it } from 'vitest'
import { expandSeries, fromWallTime } from '../../emulators/recurrence.ts'

const YEAR_2030 = { from: new Date('2030-01-01T00:00:00Z'), to: new Date('2031-01-01T00:00:00Z') }
const SERIES = { start: '2030-03-04T09:00', end: '2030-03-04T10:00', timeZone: 'UTC' }
const startsOf = (start: string, end: string, timeZone: string, ...recurrence: string[]) =>
  expandSeries({ start, end, timeZone, recurrence }, YEAR_2030).map((one) => one.start.toISOString())

describe('a recurring event', () => {
  it('keeps its wall time across clock changes', () => {
    expect(
      startsOf('2030-03-04T09:00', '2030-03-04T10:00', 'America/New_York', 'RRULE:FREQ=WEEKLY;COUNT=3'),
    ).toEqual(['2030-03-04T14:00:00.000Z', '2030-03-11T13:00:00.000Z', '2030-03-18T13:00:00.000Z'])
  })

  it('has occurrences as long as the first, in elapsed time', () => {
    const series = {
      start: '2030-03-09T23:00:00',
      end: '2030-03-10T00:30:00',
      timeZone: 'America/New_York',
      recurrence: ['RRULE:FREQ=DAILY;COUNT=2'],
    }
    const lengths = expandSeries(series, YEAR_2030).map(({ start, end }) => +end - +start)
    expect(lengths).toEqual([90 * 60_000, 90 * 60_000])
  })

  it('ends with UNTIL, which is in UTC', () => {
    const rule = 'RRULE:FREQ=DAILY;UNTIL=20300703T010000Z'
    expect(startsOf('2030-07-01T18:00', '2030-07-01T19:00', 'America/Los_Angeles', rule)).toEqual([
      '2030-07-02T01:00:00.000Z',
      '2030-07-03T01:00:00.000Z',
    ])
  })

  it('leaves out the starts that EXDATE names, in any zone', () => {
    const rules = [
      'RRULE:FREQ=DAILY;COUNT=4',
      'EXDATE;TZID=Europe/Berlin:20300702T150000',
      'EXDATE:20300704T130000Z',
    ]
    expect(startsOf('2030-07-01T09:00', '2030-07-01T10:00', 'America/New_York', ...rules)).toEqual([
      '2030-07-01T13:00:00.000Z',
      '2030-07-03T13:00:00.000Z',
    ])
  })

  it('of whole days lasts from midnight to midnight in its zone', () => {
    const series = {
      start: '2030-03-09',
      end: '2030-03-10',
      timeZone: 'America/Los_Angeles',
      recurrence: ['RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20300311'],
    }
    expect(expandSeries(series, YEAR_2030)).toMatchObject([
      {
        localStart: '2030-03-09',
        start: new Date('2030-03-09T08:00:00Z'),
        end: new Date('2030-03-10T08:00:00Z'),
      },
      {
        localEnd: '2030-03-11',
        start: new Date('2030-03-10T08:00:00Z'),
        end: new Date('2030-03-11T07:00:00Z'),
      },
    ])
  })

  it('is refused when its rule has too many occurrences to expand', () => {
    const everySecond = { ...SERIES, recurrence: ['RRULE:FREQ=SECONDLY'] }
    expect(() => expandSeries(everySecond, YEAR_2030)).toThrow(RangeError)
  })

  it('is found when it overlaps the window', () => {
    const series = {
      start: '2029-12-31T23:30:00',
      end: '2030-01-01T00:30:00',
      timeZone: 'UTC',
      recurrence: ['RRULE:FREQ=DAILY'],
    }
    const window = { from: new Date('2030-01-01T00:00:00Z'), to: new Date('2030-01-02T00:00:00Z') }
    expect(expandSeries(series, window).map(({ localStart }) => localStart)).toEqual([
      '2029-12-31T23:30:00',
      '2030-01-01T23:30:00',
    ])
  })
})

describe('a wall time', () => {
  it('that is repeated means its first instant', () => {
    expect(fromWallTime('2030-11-03T01:30:00', 'America/New_York')).toEqual(new Date('2030-11-03T05:30:00Z'))
  })

  it('that is skipped is moved later by the length of the gap', () => {
    expect(fromWallTime('2030-03-10T02:30:00', 'America/New_York')).toEqual(new Date('2030-03-10T07:30:00Z'))
  })
})
