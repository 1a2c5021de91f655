// Sends mail to an SMTP server. One connection for each mail: nothing is kept open, nothing has to be closed.
import { createTransport } from 'nodemailer'
import { type Mailer, MailRefusedError } from '../../ports/mailer.ts'
import { toMimeMessage } from './mime-message.ts'

/** A server that is not there is given up soon. One that has the mail may take its time to answer, and whoever does not
 * wait for the answer sends a mail again that was taken: RFC 5321, section 4.5.3.2.6, asks for ten minutes. */
const TIMEOUTS_MS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 10 * 60_000 }

/** A refusal at these commands is about the recipient or the message. One at sign-in or at the sender is about
 * our own set-up, which an operator can mend: worth a repeat. */
const COMMANDS_ABOUT_THE_MAIL = ['RCPT TO', 'DATA']

/** @param options.url smtp://user:password@host:587, or smtps:// for TLS from the first byte. User and password
 * are percent-encoded. STARTTLS is used where the server offers it; `?requireTLS=true` insists on it. */
export function createSmtpMailer(options: { url: string }): Mailer {
  const transport = createTransport({ url: options.url, ...TIMEOUTS_MS })
  return {
    async send(mail) {
      const message = toMimeMessage(mail)
      try {
        await transport.sendMail(message)
      } catch (error) {
        if (!isRefusal(error)) throw error
        throw new MailRefusedError(error.message, { cause: error })
      }
    },
  }
}

/** nodemailer marks every 5xx reply as permanent but 503, which is about the state of the connection. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'permanent' in error &&
    error.permanent === true &&
    'command' in error &&
    COMMANDS_ABOUT_THE_MAIL.includes(String(error.command))
  )
}
