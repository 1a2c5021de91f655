// Whether an agent is there for live chats: what the agent set by hand as long as it counts, else the schedule
// (docs/semantics.md, section 5). Must never depend on a job having run: the answer follows from the facts and the
// instant alone.
import { nextBlockStart, nextMidnight, openUntil, type Schedule } from '../../availability/rules.ts'

/** What an agent set by hand, and when. */
export interface ToggleSetting {
  available: boolean
  setAt: number
}

/** A setting that counts, and up to when; null: until it is set again. */
export interface Toggle extends ToggleSetting {
  expiresAt: number | null
}

/** All that decides. */
export interface AvailabilityFacts {
  schedule: Schedule
  /** What was set last, whether it still counts or not; null: nothing ever. */
  toggle: ToggleSetting | null
  /** Whether a toggle to available also ends at the next midnight. */
  resetsAtMidnight: boolean
}

export interface AvailabilityStatus {
  available: boolean
  source: 'SCHEDULE' | 'TOGGLE'
  /** When `available` next changes by itself; null: never. */
  changesAt: number | null
  /** null when nothing that was set by hand counts. */
  toggle: Toggle | null
}

/** @throws RangeError for a zone that Intl does not know */
export function statusAt(facts: AvailabilityFacts, instant: number): AvailabilityStatus {
  const toggle = toggleAt(facts, instant)
  if (toggle === null) return { ...scheduleStatus(facts.schedule, instant), source: 'SCHEDULE', toggle }
  const changesAt = endOfToggled(facts.schedule, toggle)
  return { available: toggle.available, source: 'TOGGLE', changesAt, toggle }
}

/** The toggle if it counts at an instant: it ends at the start of the next block after it was set, of the schedule as
 * it is now. */
function toggleAt({ schedule, toggle, resetsAtMidnight }: AvailabilityFacts, instant: number): Toggle | null {
  if (toggle === null) return null
  const { available, setAt } = toggle
  const blockStart = nextBlockStart(schedule, setAt)
  const midnight = available && resetsAtMidnight ? nextMidnight(schedule.timeZone, setAt) : null
  const expiresAt = earlier(blockStart, midnight)
  return expiresAt !== null && expiresAt <= instant ? null : { available, setAt, expiresAt }
}

/** When the availability of a toggle is over: where it ends, or later if the schedule then says the same. */
function endOfToggled(schedule: Schedule, { available, expiresAt }: Toggle): number | null {
  if (expiresAt === null) return null
  const after = scheduleStatus(schedule, expiresAt)
  return after.available === available ? after.changesAt : expiresAt
}

function scheduleStatus(
  schedule: Schedule,
  instant: number,
): { available: boolean; changesAt: number | null } {
  const end = openUntil(schedule, instant)
  if (end === null) return { available: false, changesAt: nextBlockStart(schedule, instant) }
  return { available: true, changesAt: end === Infinity ? null : end }
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
