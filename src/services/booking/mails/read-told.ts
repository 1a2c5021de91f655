// Reads a meeting with all that its mails to one side depend on.
import type { Services } from '../../context.ts'
import type { MeetingMailJob } from '../../jobs.ts'
import { agentsUid, waitsForCalendar } from './invitation-uid.ts'
import type { Holder } from './rules.ts'

export type MailState = NonNullable<Awaited<ReturnType<typeof readTold>>>

/** @returns null when nobody gets a mail */
export async function readTold(services: Services, { meetingId, recipient }: MeetingMailJob) {
  // Before all else: what is decided to be due by now must know every change until now.
  const readAt = services.clock.now()
  const { meeting, waits } = await readWithWait(services, { meetingId, recipient })
  if (meeting === null) return null
  const { person, agent, history, invitations, ...row } = meeting
  const [change] = history
  const address = recipient === 'VISITOR' ? person.email : agent.email
  if (change === undefined || address === null) return null
  const workspace = await services.database.workspace.findUniqueOrThrow({ where: { id: row.workspaceId } })
  const uid = recipient === 'VISITOR' ? row.invitationUid : await agentsUid(services, row)
  const holder: Holder | null = row.status === 'CANCELLED' ? null : { address, agentId: row.agentId, uid }
  const own = invitations.filter((invitation) => invitation.recipient === recipient)
  return {
    recipient,
    meeting: row,
    person,
    agent,
    change,
    workspace,
    invitations: own,
    holder,
    waits,
    readAt,
  }
}

/** When the mail waits for the calendar, the wait is read before the meeting: the calendar may be written in between, and
 * give the meeting a link to a conference. */
async function readWithWait(services: Services, { meetingId, recipient }: MeetingMailJob) {
  const meeting = await readMeeting(services, meetingId)
  const change = meeting?.history[0]
  if (recipient === 'AGENT' || !meeting || !change || meeting.invitationUid !== null) {
    return { meeting, waits: false }
  }
  const waits = await waitsForCalendar(services, { meeting, change })
  return { meeting: await readMeeting(services, meetingId), waits }
}

/** With the change that its present revision is from. Later changes of the same revision send no mail. */
async function readMeeting({ database }: Services, id: string) {
  const found = await database.meeting.findUnique({
    where: { id },
    include: {
      person: true,
      agent: { include: { meetingAvailability: true } },
      history: { orderBy: { id: 'desc' } },
      invitations: { orderBy: { id: 'asc' } },
    },
  })
  if (found === null) return null
  return { ...found, history: found.history.filter(({ revision }) => revision === found.revision).slice(-1) }
}
