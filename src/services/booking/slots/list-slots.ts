// Lists the free slots of a target, grouped by the days of the visitor's zone.
import { z } from 'zod'
import type { Database } from '../../../database/open.ts'
import { parseRange } from '../../availability/range.ts'
import { localDateAt } from '../../availability/rules.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireSignedIn } from '../../identity/viewer.ts'
import { parseInput, timeZone } from '../../input.ts'
import { targetInput } from '../../routing/target-input.ts'
import { DAY, type Interval } from '../../time.ts'
import { findOfferedSlots, type OfferedSlots, type SlotsQuery } from './offered-slots.ts'
import type { OfferedSlot } from './rules.ts'

const slotsArguments = z.object({ target: targetInput, timeZone })

export interface SlotsArguments {
  target: z.input<typeof targetInput>
  from: string
  to: string
  timeZone: string
}

export interface SlotDay {
  date: string
  slots: OfferedSlot[]
}

export interface SlotCalendar {
  timeZone: string
  /** Only days that have slots. */
  days: SlotDay[]
  /** The first slot at or after the start of the range; it can be after its end. */
  nextAvailable: number | null
  agentId: string | null
}

/** The search for the next slot after the range: the length of a step, and the number of steps. */
const LOOK_AHEAD_STEP_MS = 62 * DAY
const LOOK_AHEAD_STEPS = 6
export const LOOK_AHEAD_MS = LOOK_AHEAD_STEPS * LOOK_AHEAD_STEP_MS

/** @throws ForbiddenError for an anonymous viewer
 * @throws InvalidInputError for an unknown zone and for a range that is reversed or longer than 62 days
 * @throws NotFoundError for a target that the workspace does not have */
export async function listSlots(context: RequestContext, raw: SlotsArguments): Promise<SlotCalendar> {
  const { timeZone, query } = parseSlotsArguments(context, raw)
  const found = await findSlotsAndNext(context.database, { ...query, now: context.clock.now() })
  return toSlotCalendar(found, timeZone)
}

/** @throws ForbiddenError and InvalidInputError, as `listSlots` */
export function parseSlotsArguments(
  context: RequestContext,
  raw: SlotsArguments,
): { timeZone: string; query: Omit<SlotsQuery, 'now'> } {
  const viewer = requireSignedIn(context.viewer)
  const { target, timeZone } = parseInput(slotsArguments, raw, [])
  const { workspaceId } = viewer
  return { timeZone, query: { workspaceId, target, range: parseRange(raw), caller: callerOf(viewer) } }
}

/** The slots in a range, and the first slot at or after its start. */
export interface FoundSlots extends OfferedSlots {
  nextAvailable: number | null
}

export async function findSlotsAndNext(database: Database, query: SlotsQuery): Promise<FoundSlots> {
  const offered = await findOfferedSlots(database, query)
  const nextAvailable = offered.slots[0]?.startsAt ?? (await findNext(database, query))
  return { ...offered, nextAvailable }
}

/** Groups the slots by the days of a zone. */
export function toSlotCalendar(
  { slots, agentId, nextAvailable }: FoundSlots,
  timeZone: string,
): SlotCalendar {
  return { timeZone, days: groupByDay(slots, timeZone), nextAvailable, agentId }
}

async function findNext(database: Database, query: SlotsQuery): Promise<number | null> {
  let start = Math.max(query.range.end, query.now.getTime())
  for (let step = 0; step < LOOK_AHEAD_STEPS; step++) {
    const range: Interval = { start, end: start + LOOK_AHEAD_STEP_MS }
    const { slots }: OfferedSlots = await findOfferedSlots(database, { ...query, range })
    if (slots[0]) return slots[0].startsAt
    start = range.end
  }
  return null
}

function groupByDay(slots: OfferedSlot[], zone: string): SlotDay[] {
  const days = Map.groupBy(slots, (slot) => localDateAt(zone, slot.startsAt))
  return [...days].map(([date, ofDay]) => ({ date, slots: ofDay }))
}
