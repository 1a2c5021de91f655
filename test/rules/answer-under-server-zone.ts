// Run by server-zones.test.ts in a separate process with TZ set: prints as JSON the results of the rules there.
import { PROPERTIES } from './properties.ts'
import { answerSlotCase, readSlotCases } from './slot-cases.ts'

/** The results of a process in another time zone. */
export interface ServerZoneAnswers {
  /** The zone that the process ran in, and the hour its local clock read at 2026-07-01T00:00Z. */
  timeZone: string
  hour: number
  cases: Record<string, string[]>
  /** By property: the failure with its seed, or null. */
  failures: Record<string, string | null>
}

const RUNS_UNDER_EACH_ZONE = 40

function failureOf(check: (numRuns: number) => void): string | null {
  try {
    check(RUNS_UNDER_EACH_ZONE)
    return null
  } catch (error) {
    return String(error)
  }
}

const answers: ServerZoneAnswers = {
  timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  hour: new Date(Date.UTC(2026, 6, 1)).getHours(),
  cases: Object.fromEntries(readSlotCases().map((slotCase) => [slotCase.name, answerSlotCase(slotCase)])),
  failures: Object.fromEntries(PROPERTIES.map(({ name, check }) => [name, failureOf(check)])),
}
process.stdout.write(JSON.stringify(answers))
