// Filters and orders the list of meetings.
import { z } from 'zod'
import type { MeetingStatus, Prisma } from '../../../database/generated/client/client.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { requireSignedIn } from '../../identity/viewer.ts'
import { email, instant, parseInput, text } from '../../input.ts'
import { containing, MAX_SEARCH_LENGTH } from '../../search.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { visibleMeetings } from './visible-meetings.ts'

const meetingFilter = z.object({
  agentIds: z.array(z.string()).nullish(),
  status: z.array(z.custom<MeetingStatus>()).nullish(),
  past: z.boolean().nullish(),
  from: instant.nullish(),
  to: instant.nullish(),
  needsAgent: z.boolean().nullish(),
  personEmail: email.nullish(),
  search: text(MAX_SEARCH_LENGTH).nullish(),
})

export type MeetingOrder = 'STARTS_AT_ASC' | 'STARTS_AT_DESC' | 'BOOKED_AT_DESC'

/** @returns the condition for meetings that match the filter and that the viewer may see
 * @throws ForbiddenError for an anonymous viewer
 * @throws InvalidInputError */
export function filterMeetings(
  { viewer, clock }: RequestContext,
  raw: z.input<typeof meetingFilter>,
): Prisma.MeetingWhereInput {
  requireSignedIn(viewer)
  const filter = parseInput(meetingFilter, raw, ['filter'])
  const { agentIds, status, past, from, to, needsAgent, personEmail, search } = filter
  const conditions: Prisma.MeetingWhereInput[] = [visibleMeetings(viewer)]
  if (agentIds) conditions.push({ agentId: { in: agentIds } })
  if (status) conditions.push({ status: { in: status } })
  if (typeof past === 'boolean')
    conditions.push({ endsAt: past ? { lte: clock.now() } : { gt: clock.now() } })
  if (from) conditions.push({ startsAt: { gte: from } })
  if (to) conditions.push({ startsAt: { lt: to } })
  const isLeft = leftWithRemovedAgent(clock.now())
  if (typeof needsAgent === 'boolean') conditions.push(needsAgent ? isLeft : { NOT: isLeft })
  if (personEmail) conditions.push({ person: { email: personEmail } })
  if (search) conditions.push(matching(search))
  return { AND: conditions }
}

/** Meetings that stand and are not over, with an agent who was removed. */
function leftWithRemovedAgent(now: Date): Prisma.MeetingWhereInput {
  return { agent: { removedAt: { not: null } }, ...upcoming(now) }
}

function matching(search: string): Prisma.MeetingWhereInput {
  const contains = containing(search)
  return {
    OR: [
      { subject: contains },
      { person: { OR: [{ firstName: contains }, { lastName: contains }, { email: contains }] } },
      { agent: { name: contains } },
    ],
  }
}

/** Orders meetings with the same time by their id, so that the order is total. */
export function orderMeetings(order: MeetingOrder): Prisma.MeetingOrderByWithRelationInput[] {
  if (order === 'BOOKED_AT_DESC') return [{ bookedAt: 'desc' }, { id: 'desc' }]
  const direction = order === 'STARTS_AT_ASC' ? 'asc' : 'desc'
  return [{ startsAt: direction }, { id: direction }]
}
