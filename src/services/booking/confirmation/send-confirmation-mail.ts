// The job that asks a visitor by mail to confirm a booking. The address may be a foreign one: the mail has nothing that the
// visitor was free to write but a name that was made safe.
import type { MeetingRequest } from '../../../database/generated/client/client.ts'
import type { Services } from '../../context.ts'
import { formatMeetingStart, formatMeetingTime } from '../../invitations/meeting-time.ts'
import type { ConfirmationMailJob } from '../../jobs.ts'
import { mailName, visitorMailName } from '../../notifications/mail/mail-name.ts'
import { type MailContent, renderHtml, renderText } from '../../notifications/mail/mail-rendering.ts'
import { sendUnlessRefused } from '../../notifications/mail/send-unless-refused.ts'
import { readClaim } from '../../people/claim.ts'
import { confirmationUrl, reservedUntilOf } from './meeting-request.ts'

/** @throws the mailer's error when a retry can succeed */
export async function sendConfirmationMail(
  services: Services,
  { requestId: id }: ConfirmationMailJob,
  signal: AbortSignal,
): Promise<void> {
  const { database, settings } = services
  const request = await database.meetingRequest.findUnique({
    where: { id },
    include: { person: { include: { workspace: true } }, agent: true },
  })
  if (request === null || request.meetingId !== null) return
  const { mailFrom } = settings
  const firstName = visitorMailName(readClaim(request.claimed)?.firstName ?? '')
  const workspace = mailName(request.person.workspace.name)
  const content = wordMail({
    firstName,
    workspace,
    agent: mailName(request.agent.name),
    time: formatMeetingTime(request),
    reserved: wordReservation(request),
    url: confirmationUrl(services, request),
  })
  const mail = {
    messageId: `<${id}.confirmation@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`,
    sentAt: request.createdAt,
    from: { name: workspace, address: mailFrom },
    to: { name: firstName, address: request.email },
    subject: content.subject,
    text: renderText(content),
    html: renderHtml(content),
    calendar: null,
  }
  await sendUnlessRefused(services, mail, signal)
}

function wordReservation(request: MeetingRequest): string {
  const until = reservedUntilOf(request)
  if (until === null) return 'No: others may book the time meanwhile.'
  return `Until ${formatMeetingStart(until, request.timeZone)}.`
}

function wordMail(
  facts: Record<'firstName' | 'workspace' | 'agent' | 'time' | 'reserved' | 'url', string>,
): MailContent {
  const { firstName, workspace, agent, time, reserved, url } = facts
  return {
    subject: `Please confirm your meeting with ${agent}`,
    greeting: firstName === '' ? 'Hello,' : `Hello ${firstName},`,
    headline: 'Please confirm your meeting.',
    details: [
      { label: 'When', text: time },
      { label: 'With', text: agent },
      { label: 'Reserved', text: `${reserved} It is not booked before you confirm it.` },
      { label: 'Not you?', text: 'If you did not ask for this meeting, you need not do anything.' },
    ],
    actions: [{ label: 'Confirm the meeting', url }],
    closing: `Sent by ${workspace}.`,
  }
}
