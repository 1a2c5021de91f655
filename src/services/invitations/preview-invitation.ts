// Renders an invitation before it is saved or sent.
import { z } from 'zod'
import { NotFoundError } from '../../errors.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { type AgentViewer, requireOwnOrManaged } from '../identity/viewer.ts'
import { parseInput } from '../input.ts'
import { visiblePeople } from '../people/visible-people.ts'
import { type InvitationTexts, renderInvitation, toInvitation } from './invitation.ts'
import { invitationTexts } from './invitation-input.ts'
import { findTokenFaults, readTokenAttributes } from './known-tokens.ts'
import { type InvitationFacts, SAMPLE, tokenValues } from './token-values.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
const DAY_MS = 24 * HOUR_MS

const previewInvitationInput = invitationTexts.extend({
  agentId: z.string().nullish(),
  personId: z.string().nullish(),
})

export interface InvitationPreview extends InvitationTexts {
  /** The tokens and braces, as written, that saving would refuse. */
  unknownTokens: string[]
}

/** Renders an invitation like a booking would, for a sample meeting a day from now, in the agent's zone.
 * @param raw.subject the saved one when omitted or null; so is `body`
 * @param raw.agentId the viewer when omitted
 * @param raw.personId whom the meeting is with; a fictitious person when omitted
 * @throws ForbiddenError without CONNECT_CALENDAR, for a colleague without MANAGE_AGENTS
 * @throws InvalidInputError
 * @throws NotFoundError for an agent or a person the workspace does not have */
export async function previewInvitation(
  context: RequestContext,
  raw: z.input<typeof previewInvitationInput>,
): Promise<InvitationPreview> {
  const { viewer, agentId } = requireOwnOrManaged(context.viewer, {
    agentId: raw.agentId ?? null,
    permission: 'CONNECT_CALENDAR',
  })
  const input = parseInput(previewInvitationInput, raw)
  const { workspaceId } = viewer
  const agent = await readAgent(context, { workspaceId, agentId })
  const person = input.personId ? await readPerson(context, { viewer, id: input.personId }) : SAMPLE.person
  const saved = toInvitation(agent.invitation)
  const template = { subject: input.subject ?? saved.subject, body: input.body ?? saved.body }
  const { conference = null } = agent.calendar === null ? {} : context.calendars[agent.calendar.provider]
  const joinLink = (saved.includeConferenceLink && conference?.sampleUrl) || null
  const meeting = { ...sampleMeeting(agent.meetingAvailability, context.clock.now()), joinLink }
  const text = `${template.subject}\n${template.body}`
  const attributes = await readTokenAttributes(context.database, { workspaceId, texts: [text] })
  const { unknown, malformed } = findTokenFaults(text, attributes)
  return {
    ...renderInvitation(template, tokenValues({ agent, person, meeting })),
    unknownTokens: [...unknown, ...malformed],
  }
}

async function readAgent(
  { database }: RequestContext,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
) {
  const agent = await database.agent.findFirst({
    where: { id: agentId, workspaceId, removedAt: null },
    include: { invitation: true, calendar: true, meetingAvailability: true },
  })
  if (agent === null) throw new NotFoundError('input.agentId')
  return agent
}

async function readPerson(
  { database }: RequestContext,
  { viewer, id }: { viewer: AgentViewer; id: string },
): Promise<InvitationFacts['person']> {
  const person = await database.person.findFirst({ where: { AND: [visiblePeople(viewer), { id }] } })
  if (person === null) throw new NotFoundError('input.personId')
  return person
}

/** A sample meeting starts on the full hour. */
function sampleMeeting(
  hours: { timeZone: string; durationMinutes: number } | null,
  now: Date,
): Omit<InvitationFacts['meeting'], 'joinLink'> {
  const { timeZone, durationMinutes } = hours ?? { timeZone: SAMPLE.meeting.timeZone, durationMinutes: 30 }
  const startsAt = new Date(Math.ceil((now.getTime() + DAY_MS) / HOUR_MS) * HOUR_MS)
  const endsAt = new Date(startsAt.getTime() + durationMinutes * MINUTE_MS)
  return { startsAt, endsAt, timeZone, agenda: SAMPLE.meeting.agenda }
}
