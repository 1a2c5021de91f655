// The job that mails a colleague who manages agents what became of the meetings of an agent who was removed.
import type { Services } from '../../context.ts'
import type { RemovalMailJob } from '../../jobs.ts'
import { type Mail, MailRefusedError } from '../../ports/mailer.ts'
import { formatCount } from '../../wording.ts'
import { type MailContent, renderHtml, renderText } from './mail-rendering.ts'
import { singleLine } from './plain-text.ts'

/** @throws the mailer's error when the job should be retried */
export async function sendRemovalMail(
  services: Services,
  job: RemovalMailJob,
  signal: AbortSignal,
): Promise<void> {
  const mail = await composeRemovalMail(services, job)
  if (mail === null) return
  try {
    await services.mailer.send(mail, signal)
  } catch (error) {
    if (!(error instanceof MailRefusedError)) throw error
    services.onError(error)
  }
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
  const sentAt = new Date(job.finishedAt)
  const domain = settings.mailFrom.slice(settings.mailFrom.lastIndexOf('@') + 1)
  return {
    messageId: `<${job.agentId}.removed.${reader.id}@${domain}>`,
    sentAt,
    from: { name: singleLine(workspace.name), address: settings.mailFrom },
    to: { name: singleLine(reader.name), address: reader.email },
    subject: content.subject,
    text: renderText(content),
    html: renderHtml(content),
    calendar: null,
  }
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
    closing: `Sent by ${names.workspace}.`,
  }
}
