// The job that sends one mail about one change of a meeting. Every run composes the same mail with the same
// Message-ID, so that a retry is recognised as a duplicate.
import type { Services } from '../../context.ts'
import { type LinkedMeeting, signMeetingLink } from '../../identity/meeting-link.ts'
import { textsOfMeeting } from '../../invitations/invitation.ts'
import type { MeetingMailJob } from '../../jobs.ts'
import { personName } from '../../people/person-name.ts'
import { MailRefusedError } from '../../ports/mailer.ts'
import { invitationUid } from './invitation-uid.ts'
import { composeMeetingMail } from './meeting-mail.ts'
import { cancelsEntry, type MeetingMailFacts, type MeetingMailKind } from './meeting-mail-facts.ts'

type Recipient = MeetingMailJob['recipient']

/** @throws the mailer's error, when a retry can succeed
 * @throws JobNotReady until it is known whether the agent's calendar invites the visitor */
export async function sendMeetingMail(
  services: Services,
  job: MeetingMailJob,
  signal: AbortSignal,
): Promise<void> {
  const change = await readChange(services, job.changeId)
  if (change === null || (await isOvertaken(services, { change, job }))) return
  const invitation = await invitationOf(services, { change, job })
  // Read again: the calendar may have been written, and have given the meeting its conference link, since the first reading.
  const settled = await readChange(services, job.changeId)
  const facts = settled && (await factsOf(services, { change: settled, job, invitation }))
  if (facts === null) return
  try {
    await services.mailer.send(composeMeetingMail(facts), signal)
  } catch (error) {
    // The address is invalid or its server refuses the mail, and a retry would not change that. The meeting stands.
    if (!(error instanceof MailRefusedError)) throw error
    services.onError(error)
  }
}

function readChange({ database }: Services, id: string) {
  return database.meetingChange.findUnique({
    where: { id },
    include: { meeting: { include: { person: true } } },
  })
}

type Change = NonNullable<Awaited<ReturnType<typeof readChange>>>

/** Whether the mail waited for the agent's calendar until the meeting was changed again: it must not arrive after the
 * mail about the later change. */
async function isOvertaken(
  { database }: Services,
  { change, job }: { change: Change; job: MeetingMailJob },
): Promise<boolean> {
  const { agentId, meeting, revision } = change
  if (job.recipient !== 'VISITOR' || job.again || job.withdrawn) return false
  if (revision === meeting.revision) return false
  const calendar = await database.calendarConnection.findUnique({ where: { agentId } })
  return calendar?.provider !== 'BUILT_IN'
}

/** @returns the UID of the invitation in the mail; null when it carries none
 * @throws JobNotReady as in `invitationUid` */
async function invitationOf(
  services: Services,
  { change, job }: { change: Change; job: MeetingMailJob },
): Promise<string | null> {
  const { recipient, withdrawn } = job
  if (withdrawn) return withdrawn.uid
  const agentId = agentOf(change, job)
  return agentId && invitationUid(services, { change, agentId, kind: kindOf(change, recipient), recipient })
}

async function factsOf(
  services: Services,
  { change, job, invitation }: { change: Change; job: MeetingMailJob; invitation: string | null },
): Promise<MeetingMailFacts | null> {
  const { database, settings } = services
  const { recipient } = job
  const { workspaceId, startsAt, endsAt } = change
  const agentId = agentOf(change, job)
  const agent =
    agentId &&
    (await database.agent.findUnique({ where: { id: agentId }, include: { meetingAvailability: true } }))
  const workspace = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const { person } = change.meeting
  if (!agent || !person.email) return null
  const kind = job.withdrawn ? 'WITHDRAWAL' : kindOf(change, recipient)
  // A cancelled meeting cannot be joined.
  const conferenceUrl = cancelsEntry(kind) ? null : change.meeting.conferenceUrl
  const meeting = { ...change.meeting, startsAt, endsAt, conferenceUrl }
  const agentTimeZone = agent.meetingAvailability?.timeZone ?? workspace.timeZone
  const timeZone = recipient === 'VISITOR' ? meeting.timeZone : agentTimeZone
  return {
    meetingId: meeting.id,
    revision: change.revision,
    kind,
    recipient: recipient === 'VISITOR' ? 'VISITOR' : 'AGENT',
    startsAt,
    endsAt,
    sentAt: change.at,
    previousStartsAt: change.previousStartsAt,
    visitorTimeZone: meeting.timeZone,
    agentTimeZone,
    ...textsOfMeeting(meeting, { agent, person, timeZone }),
    entry: textsOfMeeting(meeting, { agent, person }),
    conferenceUrl,
    reason: change.reason,
    agent: { name: agent.name, email: agent.email },
    visitor: { name: personName(person), email: person.email },
    workspaceName: workspace.name,
    invitationUid: invitation,
    isRepeat: job.again === true,
    manageUrl: manageUrl(services, meeting),
    from: { name: workspace.name, address: settings.mailFrom },
  }
}

/** The agent who has the meeting, or had it. */
function agentOf({ agentId, previousAgentId }: Change, { recipient, withdrawn }: MeetingMailJob) {
  if (withdrawn) return withdrawn.agentId
  return recipient === 'PREVIOUS_AGENT' ? previousAgentId : agentId
}

/** A reassignment is a confirmation for the new agent, a cancellation for the former one, a change for the visitor. */
function kindOf({ kind, previousStartsAt }: Change, recipient: Recipient): MeetingMailKind {
  const isGone = kind === 'CANCELLED' || (kind === 'CALENDAR_CHANGED' && previousStartsAt === null)
  if (isGone || recipient === 'PREVIOUS_AGENT') return 'CANCELLATION'
  if (kind === 'BOOKED' || (kind === 'REASSIGNED' && recipient === 'AGENT')) return 'CONFIRMATION'
  return 'CHANGE'
}

function manageUrl(
  { signer, settings }: Pick<Services, 'signer' | 'settings'>,
  meeting: Pick<LinkedMeeting, 'id' | 'person'>,
): string {
  return `${settings.publicUrl}/meeting#${signMeetingLink(signer, meeting)}`
}
