// Collects the facts of one mail about a meeting.
import type { MeetingInvitation } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { signMeetingLink } from '../../identity/meeting-link.ts'
import { isUnproven, textsInMail, withSafeName } from '../../invitations/texts-in-mails.ts'
import { personName } from '../../people/person-name.ts'
import { cancelsEntry, type MeetingMailFacts, type MeetingMailKind } from './meeting-mail-facts.ts'
import type { MailState } from './read-told.ts'

interface AboutMail {
  state: MailState
  invitation: Pick<MeetingInvitation, 'agentId' | 'address' | 'uid' | 'organizer' | 'ours' | 'again'>
  kind: MeetingMailKind
  /** What the address was told before; null or left out: nothing. */
  before?: MeetingInvitation | null
}

export async function readFacts(
  services: Services,
  { state, invitation, kind, before }: AboutMail,
): Promise<MeetingMailFacts> {
  const { settings } = services
  const { recipient, change, workspace } = state
  const person = withSafeName(state.person)
  // What is cancelled is about the agent whom the address knows, who may be a former one, and has no conference.
  const agentId = cancelsEntry(kind) ? invitation.agentId : state.meeting.agentId
  const agent = state.agent.id === agentId ? state.agent : await readAgent(services, agentId)
  const conferenceUrl = cancelsEntry(kind) ? null : state.meeting.conferenceUrl
  const meeting = { ...state.meeting, conferenceUrl }
  const agentTimeZone = agent.meetingAvailability?.timeZone ?? workspace.timeZone
  const timeZone = recipient === 'VISITOR' ? meeting.timeZone : agentTimeZone
  const texts = { meeting, agent, person: state.person, recipient }
  const isOurs = invitation.uid === null || invitation.ours
  return {
    meetingId: meeting.id,
    revision: meeting.revision,
    kind,
    recipient,
    startsAt: meeting.startsAt,
    endsAt: meeting.endsAt,
    sentAt: change.at,
    previousStartsAt: before?.startsAt ?? null,
    visitorTimeZone: meeting.timeZone,
    agentTimeZone,
    ...textsInMail({ ...texts, timeZone }),
    entry: textsInMail(texts),
    conferenceUrl,
    reason: reasonOf(state),
    agent: { name: agent.name, email: recipient === 'AGENT' ? invitation.address : agent.email },
    visitor: {
      name: personName(person),
      email: recipient === 'VISITOR' ? invitation.address : (person.email ?? ''),
    },
    visitorFirstName: person.firstName ?? '',
    workspaceName: workspace.name,
    invitationUid: invitation.uid,
    organizer: invitation.organizer,
    isRepeat: invitation.again || (cancelsEntry(kind) && !isOurs),
    manageUrl: manageUrl(services, { meetingId: meeting.id, address: invitation.address }),
    from: isOurs && invitation.uid !== null ? invitation.organizer : settings.mailFrom,
    sender: settings.mailFrom,
  }
}

/** Without that of a visitor who might write it to a foreign address. */
function reasonOf({ recipient, meeting, change }: MailState): string | null {
  const isSilent = recipient === 'VISITOR' && isUnproven(meeting) && change.actorKind === 'VISITOR'
  return isSilent ? null : change.reason
}

const readAgent = ({ database }: Pick<Services, 'database'>, id: string) =>
  database.agent.findUniqueOrThrow({ where: { id }, include: { meetingAvailability: true } })

function manageUrl(
  { signer, settings }: Pick<Services, 'signer' | 'settings'>,
  link: Parameters<typeof signMeetingLink>[1],
): string {
  return `${settings.publicUrl}/meeting#${signMeetingLink(signer, link)}`
}
