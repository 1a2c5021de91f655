// Turns a mail into what nodemailer composes a MIME message from. The one gate against header injection and
// second recipients: every transport goes through it.
import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import { type Mail, type Mailbox, MailRefusedError } from '../../ports/mailer.ts'
import { singleLine } from './plain-text.ts'

/** Exactly one address: no white space, no control or invisible characters, nothing that separates addresses. */
const ADDRESS = /^[^\p{C}\p{Z}<>()[\]\\,;:"@]+@[^\p{C}\p{Z}<>()[\]\\,;:"@]+$/u

/** The calendar goes in twice, as an alternative to the text, which mail clients act on, and as a file. The
 * same mail always gives the same message, to the byte.
 * @throws MailRefusedError when a mailbox does not hold exactly one address */
export function toMimeMessage(mail: Mail): SendMailOptions {
  const from = checkMailbox(mail.from)
  const to = checkMailbox(mail.to)
  return {
    messageId: singleLine(mail.messageId),
    date: mail.sentAt,
    from,
    ...(mail.replyTo ? { replyTo: checkMailbox(mail.replyTo) } : {}),
    to,
    // Said here, so that what a parser makes of the headers never decides who gets the mail.
    envelope: { from: from.address, to: [to.address] },
    subject: singleLine(mail.subject),
    text: mail.text,
    html: mail.html,
    ...(mail.calendar === null ? {} : { icalEvent: { ...mail.calendar } }),
    baseBoundary: digest(mail),
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function checkMailbox({ name, address }: Mailbox): Mailbox {
  if (ADDRESS.test(address)) return { name: singleLine(name), address }
  throw new MailRefusedError(`${JSON.stringify(address)} is not an e-mail address.`)
}

/** Separates the parts. It depends on the whole content, so that no text in it can contain its own boundary. */
function digest(mail: Mail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32)
}
