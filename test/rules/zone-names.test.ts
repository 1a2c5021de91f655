import { describe, expect, it } from 'vitest'
import { properZoneName } from '../../src/services/zone-names.ts'
import { isTimeZone } from '../../src/services/zone-offsets.ts'

describe('the spelling of a time zone', () => {
  it.each([
    ['europe/berlin', 'Europe/Berlin'],
    ['AMERICA/PORT-AU-PRINCE', 'America/Port-au-Prince'],
    ['antarctica/dumontdurville', 'Antarctica/DumontDUrville'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['asia/calcutta', 'Asia/Calcutta'],
    ['us/eastern', 'US/Eastern'],
    ['utc', 'UTC'],
    ['est5edt', 'EST5EDT'],
    ['america/argentina/buenos_aires', 'America/Argentina/Buenos_Aires'],
  ])('of %s is %s', (typed, proper) => {
    expect(isTimeZone(typed)).toBe(true)
    expect(properZoneName(typed)).toBe(proper)
  })

  it('is kept for every zone that Intl lists, and for what is no zone', () => {
    for (const name of [...Intl.supportedValuesOf('timeZone'), 'Moon/Base'])
      expect(properZoneName(name)).toBe(name)
  })
})
