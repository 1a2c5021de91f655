// Decides whether an agent is available for live chats: by the toggle while it lasts, otherwise by the schedule
// (docs/semantics.md, section 5). The status must follow from the facts and the instant alone, and never depend on whether
// a job has run.
import { nextBlockStart, nextMidnight, openUntil, type Schedule } from '../../availability/rules.ts'

/** An availability that was set by hand, and when it was set. */
interface ToggleSetting {
  available: boolean
  setAt: number
}

/** A toggle that is in effect. */
export interface Toggle extends ToggleSetting {
  /** When it ends; null: not before it is set again. */
  expiresAt: number | null
}

/** Everything that decides the status. */
export interface AvailabilityFacts {
  schedule: Schedule
  /** The last toggle, whether or not it is still in effect; null: it was never set. */
  toggle: ToggleSetting | null
  /** Whether a toggle to available also ends at the next midnight. */
  resetsAtMidnight: boolean
}

export interface AvailabilityStatus {
  available: boolean
  source: 'HOURS' | 'TOGGLE'
  /** When `available` next changes by itself; null: never. */
  changesAt: number | null
  /** null: no toggle is in effect. */
  toggle: Toggle | null
}

/** @throws RangeError for a zone that Intl does not know */
export function statusAt(facts: AvailabilityFacts, instant: number): AvailabilityStatus {
  const toggle = toggleAt(facts, instant)
  if (toggle === null) return { ...scheduleStatus(facts.schedule, instant), source: 'HOURS', toggle }
  const changesAt = endOfToggled(facts.schedule, toggle)
  return { available: toggle.available, source: 'TOGGLE', changesAt, toggle }
}

/** The toggle, if it is in effect at an instant: it ends when the next block after it was set starts, by the present
 * schedule. */
function toggleAt({ schedule, toggle, resetsAtMidnight }: AvailabilityFacts, instant: number): Toggle | null {
  if (toggle === null) return null
  const { available, setAt } = toggle
  const blockStart = nextBlockStart(schedule, setAt)
  const midnight = available && resetsAtMidnight ? nextMidnight(schedule.timeZone, setAt) : null
  const expiresAt = earlier(blockStart, midnight)
  return expiresAt !== null && expiresAt <= instant ? null : { available, setAt, expiresAt }
}

/** When the availability that a toggle sets changes: at its end, or later if the schedule then says the same. */
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
