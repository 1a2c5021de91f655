// Answers a request for a slot that cannot be booked: with the reason, and with alternatives.
import {
  type FallbackOffer,
  NoAgentAvailableError,
  type SlotAlternative,
  type SlotRefusal,
  SlotUnavailableError,
} from '../../../errors.ts'
import type { Services } from '../../context.ts'
import { DAY } from '../../time.ts'
import { findOfferedSlots, type SlotsTarget } from '../slots/offered-slots.ts'

export const MAX_ALTERNATIVES = 5
/** Alternatives are searched from a day before the requested time to this long after it. */
const LOOK_AHEAD_MS = 14 * DAY

const MESSAGES: Record<SlotRefusal, string> = {
  HOLD_EXPIRED: 'The hold has expired.',
  CALENDAR_UNREACHABLE:
    "The agent's calendar cannot be reached at present, so nobody knows whether this time is free.",
  IN_PAST: 'This time is in the past.',
  TOO_SOON: 'This time is too soon for the notice that the agent requires.',
  TOO_FAR: 'This time is further ahead than the agent can be booked.',
  OUTSIDE_HOURS: 'This time is outside the hours for meetings.',
  OFF_GRID: 'No slot begins at this time.',
  TAKEN: 'This time is taken.',
}

/** The request that was refused. */
export interface RefusedRequest {
  workspaceId: string
  target: SlotsTarget
  startsAt: Date
  /** See `callerOf`. */
  caller: string | string[]
}

/** Rolls the transaction back. `answerRefusals` searches for alternatives after that. */
export class SlotRefused extends Error {
  /** null: none of the requested agents takes meetings. */
  readonly reason: SlotRefusal | null
  readonly request: RefusedRequest
  constructor(reason: SlotRefusal | null, request: RefusedRequest) {
    super(reason ?? 'NO_AGENT')
    this.reason = reason
    this.request = request
  }
}

/** From what is closest to being bookable. */
const CLOSEST_FIRST: SlotRefusal[] = [
  'CALENDAR_UNREACHABLE',
  'TAKEN',
  'OFF_GRID',
  'TOO_FAR',
  'TOO_SOON',
  'OUTSIDE_HOURS',
  'IN_PAST',
]

/** @param refusals why each of the eligible agents cannot be booked
 * @returns the refusal of the agent who is closest to being bookable; null when no agent is eligible */
export function closestRefusal(refusals: (SlotRefusal | null)[]): SlotRefusal | null {
  return CLOSEST_FIRST.find((refusal) => refusals.includes(refusal)) ?? null
}

/** Runs a transaction that may throw SlotRefused.
 * @throws SlotUnavailableError with alternatives, or NoAgentAvailableError */
export async function answerRefusals<Answer>(
  context: Pick<Services, 'database' | 'clock'>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SlotRefused)) throw error
    const { reason, request } = error
    if (reason === null) throw await noAgentAvailable(context, request)
    const alternatives = await findAlternatives(context, request)
    throw new SlotUnavailableError(MESSAGES[reason], { reason, startsAt: request.startsAt, alternatives })
  }
}

/** None of the requested agents takes meetings. */
export async function noAgentAvailable(
  { database }: Pick<Services, 'database'>,
  { workspaceId }: Pick<RefusedRequest, 'workspaceId'>,
): Promise<NoAgentAvailableError> {
  const workspace = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const fallback: FallbackOffer = {
    message: workspace.fallbackMessage,
    offerMeeting: workspace.fallbackOfferMeeting,
  }
  return new NoAgentAvailableError('None of the requested agents takes meetings at present.', fallback)
}

/** The slots nearest to the requested time, in chronological order. */
async function findAlternatives(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  request: RefusedRequest,
): Promise<SlotAlternative[]> {
  const asked = request.startsAt.getTime()
  const now = clock.now()
  const from = Math.max(asked - DAY, now.getTime())
  const { slots, agentId } = await findOfferedSlots(database, {
    ...request,
    range: { start: from, end: Math.max(asked, from) + LOOK_AHEAD_MS },
    now,
  })
  return slots
    .map((slot) => ({ ...slot, distance: Math.abs(slot.startsAt - asked) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, MAX_ALTERNATIVES)
    .sort((one, other) => one.startsAt - other.startsAt)
    .map(({ startsAt, endsAt, agentCount }) => ({
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      agentCount,
      agentId,
    }))
}
