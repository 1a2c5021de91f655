// Lists the free slots of a target, grouped by the days of the visitor's zone.
import { z } from 'zod'
import type { Database } from '../../../database/open.ts'
import { InvalidInputError, NotFoundError } from '../../../errors.ts'
import { parseRange } from '../../availability/range.ts'
import { localDateAt } from '../../availability/rules.ts'
import { spendBudgets } from '../../budgets/spend-budgets.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireSignedIn } from '../../identity/viewer.ts'
import { parseInput, timeZone } from '../../input.ts'
import { findTarget } from '../../routing/list-bookables.ts'
import { askedTarget } from '../../routing/target-input.ts'
import { DAY, type Interval } from '../../time.ts'
import { requireChanger } from '../meetings/changeable-meeting.ts'
import { visibleMeetings } from '../meetings/visible-meetings.ts'
import { findOfferedSlots, type OfferedSlots, type SlotsQuery, type SlotsTarget } from './offered-slots.ts'
import type { OfferedSlot } from './rules.ts'

const slotsArguments = z.object({ target: askedTarget.nullish(), timeZone })

export interface SlotsArguments {
  target: z.input<typeof askedTarget> | null
  /** The meeting that is to be moved, or its link; null: none. The target is not used with it. */
  movingMeetingId: string | null
  manageToken: string | null
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

/** @throws ForbiddenError for an anonymous viewer without a link
 * @throws InvalidInputError for an unknown zone, for a range that is reversed or longer than 62 days, for a bad link, and
 *   when neither a target nor a meeting is given
 * @throws QuotaExceededError
 * @throws NotFoundError for a target that the workspace does not have, and a meeting that the viewer may not see */
export async function listSlots(context: RequestContext, raw: SlotsArguments): Promise<SlotCalendar> {
  const { timeZone, query } = await parseSlotsArguments(context, raw, 'slots')
  const found = await findSlotsAndNext(context.database, { ...query, now: context.clock.now() })
  return toSlotCalendar(found, timeZone)
}

interface ParsedArguments {
  timeZone: string
  query: Omit<SlotsQuery, 'now'> & { caller: string }
}

/** @param call what counts towards the budgets of the caller
 * @throws as `listSlots`, except for a target that the workspace does not have */
export async function parseSlotsArguments(
  context: RequestContext,
  raw: SlotsArguments,
  call: 'slots' | 'slotsChanged',
): Promise<ParsedArguments> {
  const moving = await findMoving(context, raw)
  const viewer = moving?.viewer ?? requireSignedIn(context.viewer)
  const { target: asked, timeZone } = parseInput(slotsArguments, raw, [])
  // Only a signed-in viewer can have a hold.
  const caller = callerOf(context.viewer.kind === 'ANONYMOUS' ? viewer : context.viewer)
  const { workspaceId } = viewer
  const range = parseRange(raw)
  await spendBudgets(context, { workspaceId, viewer, calls: [call] })
  const target: SlotsTarget = moving
    ? { movingMeetingId: moving.meetingId }
    : await findTarget(context.database, { workspaceId, target: requireTarget(asked), field: 'target' })
  return { timeZone, query: { workspaceId, target, range, caller } }
}

function requireTarget<Target>(target: Target | null | undefined): Target {
  if (target) return target
  const message = 'Is required, unless movingMeetingId or manageToken is given.'
  throw new InvalidInputError([{ path: ['target'], code: 'REQUIRED', message }])
}

/** @returns the meeting that is to be moved, and the viewer who may do so; null when there is none to be moved */
async function findMoving(
  context: RequestContext,
  { movingMeetingId, manageToken }: SlotsArguments,
): Promise<Awaited<ReturnType<typeof requireChanger>> | null> {
  if (movingMeetingId === null && manageToken === null) return null
  if (movingMeetingId !== null && manageToken !== null) {
    const message = 'Must not be given together with movingMeetingId.'
    throw new InvalidInputError([{ path: ['manageToken'], code: 'CONFLICTING', message }])
  }
  const reference = manageToken === null ? { meetingId: movingMeetingId ?? '' } : { manageToken }
  const changer = await requireChanger(context, reference, [])
  const { viewer, meetingId: id } = changer
  const where = { AND: [visibleMeetings(viewer), { id }] }
  const argument = manageToken === null ? 'movingMeetingId' : 'manageToken'
  if ((await context.database.meeting.count({ where })) === 0) throw new NotFoundError(argument)
  return changer
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
