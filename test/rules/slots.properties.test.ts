// The properties in this process; test/rules/server-zones.test.ts runs them under other time zones of the server.
import { describe, it } from 'vitest'
import { PROPERTIES, RUNS } from './properties.ts'

describe('for any zone, schedule, busy times and range', () => {
  it.each(PROPERTIES)('$name', ({ check }) => check(RUNS))
})
