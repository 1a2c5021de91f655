// Turns a job of an earlier version, which stood for one mail, into the present kind. During an upgrade such jobs still
// wait, and their mails must not be lost.
import { withdraw } from '../../calendars/entries/invite-by-mail.ts'
import type { Services } from '../../context.ts'
import type { EarlierMeetingMailJob, MeetingMailJob } from '../../jobs.ts'

/** @returns null when the meeting does not exist any more */
export async function adoptEarlierJob(
  { database }: Pick<Services, 'database'>,
  { changeId, recipient, withdrawn }: EarlierMeetingMailJob,
): Promise<MeetingMailJob | null> {
  const change = await database.meetingChange.findUnique({ where: { id: changeId } })
  if (change === null) return null
  const { meetingId, workspaceId, revision, previousAgentId, startsAt, endsAt } = change
  if (withdrawn) {
    await database.$transaction((tx) => withdraw({ tx, meetingId, ...withdrawn }))
  } else if (recipient === 'PREVIOUS_AGENT' && previousAgentId !== null) {
    const agent = await database.agent.findUniqueOrThrow({ where: { id: previousAgentId } })
    const { id: agentId, email } = agent
    const held = {
      workspaceId,
      meetingId,
      agentId,
      address: email,
      uid: meetingId,
      organizer: email,
      ours: false,
    }
    await database.meetingInvitation.createMany({
      data: [{ ...held, recipient: 'AGENT', revision: revision - 1, startsAt, endsAt }],
      skipDuplicates: true,
    })
  } else if (recipient !== 'PREVIOUS_AGENT') {
    // The migration took the mail for sent.
    await database.meetingInvitation.updateMany({
      where: { meetingId, recipient, ours: false, mailedAt: null, revision: { gte: revision } },
      data: { revision: revision - 1 },
    })
  }
  return { meetingId, recipient: recipient === 'VISITOR' ? 'VISITOR' : 'AGENT' }
}
