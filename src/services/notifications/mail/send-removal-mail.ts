// The job that mails a colleague who manages agents what became of the meetings of an agent who was removed.
import type { Services } from '../../context.ts'
import type { RemovalMailJob } from '../../jobs.ts'
import type { Mail } from '../../ports/mailer.ts'
import { formatCount } from '../../wording.ts'
import type { MailContent } from './mail-rendering.ts'
import { singleLine } from './plain-text.ts'
import { sendUnlessRefused } from './send-unless-refused.ts'
import { toStaffMail } from './staff-mail.ts'

/** @throws the mailer's error when the job should be retried */
export async function sendRemovalMail(
  services: Services,
  job: RemovalMailJob,
  signal: AbortSignal,
): Promise<void> {
  const mail = await composeRemovalMail(services, job)
  if (mail !== null) await sendUnlessRefused(services, mail, signal)
}

/** @returns null when the reader was removed meanwhile */
async function composeRemovalMail(
  { database, settings }: Services,
  job: RemovalMailJob,
): Promise<Mail | null> {
  const reader = await database.agent.findFirst({ where: { id: job.readerId, removedAt: null } })
  const removed = await database.agent.findUnique({
    where: { id: job.agentId },
    include: { workspace: true },
  })
  if (reader === null || removed === null) return null
  const { workspace } = removed
  const content = wordRemovalMail(job, {
    agent: singleLine(removed.name),
    reader: singleLine(reader.name),
    workspace: singleLine(workspace.name),
  })
  return toStaffMail({
    id: `${job.agentId}.removed.${reader.id}`,
    mailFrom: settings.mailFrom,
    sentAt: new Date(job.finishedAt),
    workspace,
    reader,
    content,
  })
}

function wordRemovalMail(
  { reassigned, cancelled, kept }: RemovalMailJob,
  names: { agent: string; reader: string; workspace: string },
): MailContent {
  const advice = 'They stand with the removed agent until you reassign or cancel them.'
  return {
    subject: `Meetings of ${names.agent}, who was removed`,
    greeting: `Hello ${names.reader},`,
    headline: `${names.agent} was removed. This is what became of the meetings to come.`,
    details: [
      { label: 'Reassigned', text: formatCount(reassigned) },
      { label: 'Cancelled', text: formatCount(cancelled) },
      { label: 'Left', text: kept === 0 ? '0' : `${formatCount(kept)}. ${advice}` },
    ],
    actions: [],
    closing: `Sent by ${names.workspace}.`,
  }
}
