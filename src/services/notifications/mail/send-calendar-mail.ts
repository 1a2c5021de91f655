// The job that mails the agent, or a colleague who manages agents, that a calendar must be connected again.
import type { Services } from '../../context.ts'
import type { CalendarMailJob } from '../../jobs.ts'
import type { Mail } from '../../ports/mailer.ts'
import type { MailContent } from './mail-rendering.ts'
import { singleLine } from './plain-text.ts'
import { sendUnlessRefused } from './send-unless-refused.ts'
import { toStaffMail } from './staff-mail.ts'

/** Sends nothing when the calendar was connected again meanwhile.
 * @throws the mailer's error when the job should be retried */
export async function sendCalendarMail(
  services: Services,
  job: CalendarMailJob,
  signal: AbortSignal,
): Promise<void> {
  const mail = await composeCalendarMail(services, job)
  if (mail !== null) await sendUnlessRefused(services, mail, signal)
}

async function composeCalendarMail(
  { database, settings, calendars }: Services,
  { agentId, connectionId, connectedAt, lostAt }: CalendarMailJob,
): Promise<Mail | null> {
  const connection = await database.calendarConnection.findFirst({
    where: { id: connectionId, connectedAt: new Date(connectedAt), state: 'NEEDS_REAUTHENTICATION' },
    include: { agent: { include: { workspace: true } } },
  })
  const reader = await database.agent.findFirst({ where: { id: agentId, removedAt: null } })
  if (connection === null || reader === null) return null
  const { agent, provider, accountEmail, stateReason } = connection
  const { workspace } = agent
  const { title } = calendars[provider]
  const isOwn = reader.id === agent.id
  const whose = isOwn ? 'Your' : `${singleLine(agent.name)}'s`
  const content: MailContent = {
    subject: `${whose} ${title} calendar must be connected again`,
    greeting: `Hello ${singleLine(reader.name)},`,
    headline: `${whose} calendar must be connected again.`,
    details: [
      { label: 'Calendar', text: `${title}, ${accountEmail}` },
      { label: 'Reason', text: stateReason ?? 'Access to the calendar has ended.' },
      {
        label: 'Until then',
        text: 'No new meetings can be booked. Meetings that are already booked stay as they are.',
      },
    ],
    actions: [],
    closing: `Sent by ${singleLine(workspace.name)}.`,
  }
  return toStaffMail({
    id: `${connectionId}.${new Date(lostAt).getTime()}.${reader.id}`,
    mailFrom: settings.mailFrom,
    sentAt: new Date(lostAt),
    workspace,
    reader,
    content,
  })
}
