// Answers a request for a slot that cannot be booked: with the reason, and with alternatives.
import {
  type FallbackOffer,
  NoAgentAvailableError,
  type SlotAlternative,
  SlotUnavailableError,
} from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { DAY } from '../../time.ts'
import { findOfferedSlots, type SlotsTarget } from '../slots/offered-slots.ts'
import type { SlotRefusal } from '../slots/rules.ts'

export const MAX_ALTERNATIVES = 5
/** Alternatives are searched from a day before the requested time to this long after it. */
const LOOK_AHEAD_MS = 14 * DAY

const MESSAGES: Record<SlotRefusal | 'EXPIRED', string> = {
  EXPIRED: 'holdId: the hold has expired.',
  PAST: 'startsAt: this time is in the past.',
  NOTICE: 'startsAt: this time is too soon for the notice that the agent requires.',
  WINDOW: 'startsAt: this time is further ahead than the agent can be booked.',
  OUTSIDE_HOURS: 'startsAt: this time is outside the hours for meetings.',
  OFF_GRID: 'startsAt: no slot begins at this time.',
  TAKEN: 'startsAt: this time is taken.',
}

/** The request that was refused. */
export interface RefusedRequest {
  workspaceId: string
  target: SlotsTarget
  startsAt: Date
  /** See `callerOf`. */
  caller: string | string[]
  /** The argument that named the target. Default: `target`. */
  field?: string
}

/** Rolls the transaction back. `answerRefusals` searches for alternatives after that. */
export class SlotRefused extends Error {
  /** EXPIRED: the hold has expired. null: none of the requested agents takes meetings. */
  readonly reason: SlotRefusal | 'EXPIRED' | null
  readonly request: RefusedRequest
  constructor(reason: SlotRefusal | 'EXPIRED' | null, request: RefusedRequest) {
    super(reason ?? 'NO_AGENT')
    this.reason = reason
    this.request = request
  }
}

/** Runs a transaction that may throw SlotRefused.
 * @throws SlotUnavailableError with alternatives, or NoAgentAvailableError */
export async function answerRefusals<Answer>(
  context: RequestContext,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SlotRefused)) throw error
    const { reason, request } = error
    if (reason === null) throw await noAgentAvailable(context, request)
    const alternatives = await findAlternatives(context, request)
    throw new SlotUnavailableError(MESSAGES[reason], { startsAt: request.startsAt, alternatives })
  }
}

async function noAgentAvailable(
  { database }: RequestContext,
  { workspaceId, field = 'target' }: RefusedRequest,
): Promise<NoAgentAvailableError> {
  const workspace = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const fallback: FallbackOffer = {
    message: workspace.fallbackMessage,
    offerMeeting: workspace.fallbackOfferMeeting,
  }
  return new NoAgentAvailableError(
    `${field}: none of the requested agents takes meetings at present.`,
    fallback,
  )
}

/** The slots nearest to the requested time, in chronological order. */
async function findAlternatives(
  { database, clock }: RequestContext,
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
