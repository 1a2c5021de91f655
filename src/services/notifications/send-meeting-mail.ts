// The job that writes one mail about one change of a meeting. The same change gives the same mail, with the
// same Message-ID, however often the job runs.
import type { Services } from '../context.ts'
import { signMeetingLink } from '../identity/meeting-link.ts'
import type { MeetingMailJob } from '../jobs.ts'
import { personName } from '../people/person-name.ts'
import { MailRefusedError } from './mailer.ts'
import { composeMeetingMail, type MeetingMailFacts, type MeetingMailKind } from './meeting-mail.ts'

type Recipient = MeetingMailJob['recipient']

/** @throws what the mailer throws, when it is worth repeating */
export async function sendMeetingMail(services: Services, job: MeetingMailJob): Promise<void> {
  const change = await readChange(services, job.changeId)
  if (change === null) return
  const facts = await factsOf(services, { change, recipient: job.recipient })
  if (facts === null) return
  try {
    await services.mailer.send(composeMeetingMail(facts))
  } catch (error) {
    // The address is no good, and will not be at the next attempt; the meeting stands all the same.
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

async function factsOf(
  { database, signer, settings }: Services,
  { change, recipient }: { change: Change; recipient: Recipient },
): Promise<MeetingMailFacts | null> {
  const { meeting, workspaceId, startsAt, endsAt } = change
  const agentId = recipient === 'PREVIOUS_AGENT' ? change.previousAgentId : change.agentId
  const agent =
    agentId &&
    (await database.agent.findUnique({ where: { id: agentId }, include: { meetingAvailability: true } }))
  const workspace = await database.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  if (!agent || !meeting.person.email) return null
  return {
    meetingId: meeting.id,
    revision: change.revision,
    kind: kindOf(change, recipient),
    recipient: recipient === 'VISITOR' ? 'VISITOR' : 'AGENT',
    startsAt,
    endsAt,
    sentAt: change.at,
    previousStartsAt: change.previousStartsAt,
    visitorTimeZone: meeting.timeZone,
    agentTimeZone: agent.meetingAvailability?.timeZone ?? workspace.timeZone,
    subject: meeting.subject,
    agenda: meeting.body || null,
    conferenceUrl: meeting.conferenceUrl,
    reason: change.reason,
    agent: { name: agent.name, email: agent.email },
    visitor: { name: personName(meeting.person), email: meeting.person.email },
    workspaceName: workspace.name,
    manageUrl: manageUrl({ signer, settings }, { id: meeting.id, endsAt }),
    from: { name: workspace.name, address: settings.mailFrom },
  }
}

/** A reassigned meeting is new to one agent, gone for the other and changed for the visitor. */
function kindOf({ kind }: Change, recipient: Recipient): MeetingMailKind {
  if (kind === 'CANCELLED' || recipient === 'PREVIOUS_AGENT') return 'CANCELLATION'
  if (kind === 'BOOKED' || (kind === 'REASSIGNED' && recipient === 'AGENT')) return 'CONFIRMATION'
  return 'CHANGE'
}

function manageUrl(
  { signer, settings }: Pick<Services, 'signer' | 'settings'>,
  meeting: { id: string; endsAt: Date },
): string {
  return `${settings.publicUrl}/meeting#${signMeetingLink(signer, meeting)}`
}
