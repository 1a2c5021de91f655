// Filters and orders the list of meetings.
import { z } from 'zod'
import type {
  MeetingOutcome,
  MeetingSource,
  MeetingStatus,
  Prisma,
} from '../../../database/generated/client/client.ts'
import { ForbiddenError } from '../../../errors.ts'
import type { RequestContext } from '../../identity/request-context.ts'
import { callerOf, requireSignedIn, type SignedInViewer, type Viewer } from '../../identity/viewer.ts'
import { email, instant, parseInput, text } from '../../input.ts'
import { ofPersonWho, ofPersonWithId } from '../../people/visible-people.ts'
import { containing, MAX_SEARCH_LENGTH } from '../../search.ts'
import { upcoming } from '../../upcoming-meetings.ts'
import { visibleMeetings } from './visible-meetings.ts'

const meetingFilter = z.object({
  agentIds: z.array(z.string()).nullish(),
  teamId: z.string().nullish(),
  personId: z.string().nullish(),
  status: z.array(z.custom<MeetingStatus>()).nullish(),
  outcome: z.array(z.custom<MeetingOutcome>()).nullish(),
  withoutOutcome: z.boolean().nullish(),
  source: z.array(z.custom<MeetingSource>()).nullish(),
  past: z.boolean().nullish(),
  from: instant.nullish(),
  to: instant.nullish(),
  needsAgent: z.boolean().nullish(),
  personEmail: email.nullish(),
  search: text(MAX_SEARCH_LENGTH).nullish(),
})

export type MeetingOrder = 'STARTS_AT_ASC' | 'STARTS_AT_DESC' | 'BOOKED_AT_DESC'

/** @returns the condition for meetings that match the filter and that the viewer may see
 * @throws ForbiddenError for an anonymous viewer, and for one who is no staff and filters by what only staff may know
 * @throws InvalidInputError */
export function filterMeetings(
  { viewer, clock }: RequestContext,
  raw: z.input<typeof meetingFilter>,
): Prisma.MeetingWhereInput {
  const signedIn = requireSignedIn(viewer)
  const filter = parseInput(meetingFilter, raw, ['filter'])
  if (signedIn.kind !== 'AGENT') requireNoStaffFilter(filter)
  const access = [visibleMeetings(viewer), atMostOf(signedIn)]
  return { AND: [...access, ...ofPeople(filter, viewer), ...ofState(filter, clock.now())] }
}

/** Visitors cannot read teams and removals, nor find them out by what a filter leaves.
 * @throws ForbiddenError */
function requireNoStaffFilter({ teamId, needsAgent }: MeetingFilter): void {
  if ((teamId ?? null) === null && (needsAgent ?? null) === null) return
  throw new ForbiddenError('Only staff can filter meetings by `teamId` and `needsAgent`.')
}

/** Follows from `visibleMeetings`. It lets the database find a visitor's meetings by their indexes. */
function atMostOf(viewer: SignedInViewer): Prisma.MeetingWhereInput {
  if (viewer.kind !== 'VISITOR') return {}
  return { OR: [{ bookedBy: callerOf(viewer) }, { personId: viewer.personId }] }
}

type MeetingFilter = z.output<typeof meetingFilter>

function ofPeople(filter: MeetingFilter, viewer: Viewer): Prisma.MeetingWhereInput[] {
  const { agentIds, teamId, personId, personEmail, search } = filter
  return [
    agentIds ? { agentId: { in: agentIds } } : {},
    teamId ? { agent: { teams: { some: { teamId } } } } : {},
    personId ? ofPersonWithId(viewer, personId) : {},
    personEmail ? ofPersonWho(viewer, { email: personEmail }) : {},
    search ? matching(search, viewer) : {},
  ]
}

function ofState(filter: MeetingFilter, now: Date): Prisma.MeetingWhereInput[] {
  const { status, outcome, withoutOutcome, source, past, from, to, needsAgent } = filter
  const isLeft = leftWithRemovedAgent(now)
  return [
    status ? { status: { in: status } } : {},
    outcome ? { outcome: { in: outcome } } : {},
    typeof withoutOutcome === 'boolean' ? { outcome: withoutOutcome ? null : { not: null } } : {},
    source ? { source: { in: source } } : {},
    typeof past === 'boolean' ? { endsAt: past ? { lte: now } : { gt: now } } : {},
    from ? { startsAt: { gte: from } } : {},
    to ? { startsAt: { lt: to } } : {},
    typeof needsAgent === 'boolean' ? (needsAgent ? isLeft : { NOT: isLeft }) : {},
  ]
}

/** Meetings that stand and are not over, with an agent who was removed. */
function leftWithRemovedAgent(now: Date): Prisma.MeetingWhereInput {
  return { agent: { removedAt: { not: null } }, ...upcoming(now) }
}

function matching(search: string, viewer: Viewer): Prisma.MeetingWhereInput {
  const contains = containing(search)
  return {
    OR: [
      { subject: contains },
      ofPersonWho(viewer, { OR: [{ firstName: contains }, { lastName: contains }, { email: contains }] }),
      { agent: { name: contains } },
    ],
  }
}

/** Orders meetings with the same time by their id, so that the order is total. */
export function orderMeetings(
  order: MeetingOrder,
): ({ bookedAt: Prisma.SortOrder } | { startsAt: Prisma.SortOrder } | { id: Prisma.SortOrder })[] {
  if (order === 'BOOKED_AT_DESC') return [{ bookedAt: 'desc' }, { id: 'desc' }]
  const direction = order === 'STARTS_AT_ASC' ? 'asc' : 'desc'
  return [{ startsAt: direction }, { id: direction }]
}
