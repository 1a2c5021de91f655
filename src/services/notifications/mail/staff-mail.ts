import type { Agent, Workspace } from '../../../database/generated/client/client.ts'
import type { Mail } from '../../ports/mailer.ts'
import { type MailContent, renderHtml, renderText } from './mail-rendering.ts'
import { singleLine } from './plain-text.ts'

interface StaffMail {
  /** The part of the message id before the "@": the same whenever the mail is sent again. */
  id: string
  mailFrom: string
  sentAt: Date
  workspace: Pick<Workspace, 'name'>
  reader: Pick<Agent, 'name' | 'email'>
  content: MailContent
}

/** A mail of the workspace to one of its agents. */
export function toStaffMail({ id, mailFrom, sentAt, workspace, reader, content }: StaffMail): Mail {
  return {
    messageId: `<${id}@${mailFrom.slice(mailFrom.lastIndexOf('@') + 1)}>`,
    sentAt,
    from: { name: singleLine(workspace.name), address: mailFrom },
    to: { name: singleLine(reader.name), address: reader.email },
    subject: content.subject,
    text: renderText(content),
    html: renderHtml(content),
    calendar: null,
  }
}
