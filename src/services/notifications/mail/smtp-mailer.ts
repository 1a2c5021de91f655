// Sends mail to an SMTP server. Each mail has its own connection, so there is nothing to close.
import { createTransport } from 'nodemailer'
import { type Mailer, MailRefusedError } from '../../ports/mailer.ts'
import { toMimeMessage } from './mime-message.ts'

/** An unreachable server fails soon. A server that has received the mail may answer late, and a client that does not
 * wait sends again a mail that was accepted: RFC 5321, section 4.5.3.2.6, asks for ten minutes. */
const TIMEOUTS_MS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 10 * 60_000 }

/** A refusal at these commands concerns the recipient or the message. A refusal at sign-in or of the sender concerns
 * our configuration, which an operator can fix, so it is retried. */
const COMMANDS_ABOUT_THE_MAIL = ['RCPT TO', 'DATA']

/** @param options.url smtp://user:password@host:587, or smtps:// for TLS from the first byte. User and password are
 * percent-encoded. STARTTLS is used when the server offers it; `?requireTLS=true` makes it mandatory. */
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

/** nodemailer marks every 5xx reply as permanent, except 503, which concerns the state of the connection. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'permanent' in error &&
    error.permanent === true &&
    'command' in error &&
    COMMANDS_ABOUT_THE_MAIL.includes(String(error.command))
  )
}
