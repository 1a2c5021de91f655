// Turns a mail into the options from which nodemailer composes a MIME message. Every transport goes through it, because
// it is the only guard against header injection and additional recipients.
import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import { type Mail, type Mailbox, MailRefusedError } from '../../ports/mailer.ts'
import { singleLine } from './plain-text.ts'

/** Exactly one address, without white space, control or invisible characters, or separators of addresses. */
const ADDRESS = /^[^\p{C}\p{Z}<>()[\]\\,;:"@]+@[^\p{C}\p{Z}<>()[\]\\,;:"@]+$/u

/** The calendar object is included twice: as an alternative to the text, on which mail clients act, and as a file. The
 * same mail always results in the same message, byte for byte.
 * @throws MailRefusedError when a mailbox does not hold exactly one address */
export function toMimeMessage(mail: Mail): SendMailOptions {
  const from = checkMailbox(mail.from)
  const to = checkMailbox(mail.to)
  const sender = mail.sender && checkMailbox(mail.sender)
  return {
    messageId: singleLine(mail.messageId),
    date: mail.sentAt,
    from,
    ...(sender ? { sender } : {}),
    ...(mail.replyTo ? { replyTo: checkMailbox(mail.replyTo) } : {}),
    to,
    // An explicit envelope, so that the parsing of headers never decides who gets the mail.
    envelope: { from: (sender ?? from).address, to: [to.address] },
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

/** The boundary between the parts. It depends on the whole content, so that no text can contain its own boundary. */
function digest(mail: Mail): string {
  return createHash('sha256').update(JSON.stringify(mail)).digest('hex').slice(0, 32)
}
