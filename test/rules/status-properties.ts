// What must hold for the live-chat status with any hours and toggle. See properties.ts.
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import type { Schedule } from '../../src/services/availability/rules.ts'
import {
  type AvailabilityFacts,
  type AvailabilityStatus,
  statusAt,
} from '../../src/services/chat/availability/rules.ts'
import { schedules } from './arbitraries.ts'
import { type OracleStatus, Timeline } from './status-oracle.ts'

const DAY = 86_400_000
/** How far the oracle looks ahead. */
const HORIZON = 11 * DAY
const LONGEST_SINCE_SET = 4 * DAY

export function statusEqualsOracle(numRuns: number): void {
  const property = fc.property(situations(), ({ now, ...facts }) => {
    const start = facts.toggle?.setAt ?? now
    const timeline = new Timeline(facts.schedule, { start, end: start + HORIZON })
    deepStrictEqual(withinHorizon(statusAt(facts, now), timeline.end), timeline.statusAt(facts, now))
  })
  fc.assert(property, { numRuns })
}

/** Replaces instants beyond the oracle's horizon by null, as the oracle does. */
export function withinHorizon(
  { changesAt, toggle, ...status }: AvailabilityStatus,
  end: number,
): OracleStatus {
  const within = (instant: number | null) => (instant !== null && instant < end ? instant : null)
  return {
    ...status,
    changesAt: within(changesAt),
    toggle: toggle && { ...toggle, expiresAt: within(toggle.expiresAt) },
  }
}

function situations(): fc.Arbitrary<AvailabilityFacts & { now: number }> {
  return fc
    .record({
      hours: schedules(),
      split: fc.boolean(),
      available: fc.option(fc.boolean(), { freq: 5 }),
      resetsAtMidnight: fc.boolean(),
      since: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: LONGEST_SINCE_SET })),
    })
    .map(({ hours, split, available, resetsAtMidnight, since }) => ({
      schedule: split ? splitBlocks(hours.schedule) : hours.schedule,
      toggle: available === null ? null : { available, setAt: hours.range.start },
      resetsAtMidnight,
      now: hours.range.start + since,
    }))
}

/** The same hours, with each block split into two adjoining ones. */
function splitBlocks({ timeZone, weekly, overrides }: Schedule): Schedule {
  return {
    timeZone,
    weekly: weekly.flatMap(inHalves),
    overrides: overrides.map(({ date, blocks }) => ({ date, blocks: blocks.flatMap(inHalves) })),
  }
}

function inHalves<Block extends { start: number; end: number }>(block: Block): Block[] {
  const middle = Math.ceil((block.start + block.end) / 2)
  return [
    { ...block, end: middle },
    { ...block, start: middle },
  ].filter(({ start, end }) => start < end)
}
