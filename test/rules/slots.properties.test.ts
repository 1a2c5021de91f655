// Checks the properties in this process; server-zones.test.ts checks them in processes with other time zones.
import { describe, it } from 'vitest'
import { PROPERTIES, RUNS } from './properties.ts'

describe('for any zone, schedule, busy times and range', () => {
  it.each(PROPERTIES)('$name', ({ check }) => check(RUNS))
})
