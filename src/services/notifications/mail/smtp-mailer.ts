// Sends mail to an SMTP server. Each mail has its own connection, so there is nothing to close.
import { createTransport } from 'nodemailer'
import { MailDeferredError, type Mailer, MailRefusedError } from '../../ports/mailer.ts'
import { Outage, reasonOf } from '../../ports/outage.ts'
import { toMimeMessage } from './mime-message.ts'

/** An unreachable server fails soon. A server that has received the mail may answer late, and a client that does not
 * wait sends again a mail that was accepted: RFC 5321, section 4.5.3.2.6, asks for ten minutes. */
const TIMEOUTS_MS = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 10 * 60_000 }
/** Of one mail in all, also from a server that answers each command at the last moment. */
const DEADLINE_MS = 12 * 60_000

/** A refusal with a 5xx reply at these commands is final, for this mail and its one recipient. A refusal at sign-in or of
 * the sender concerns our configuration, which an operator can fix, so it is retried like every 4xx reply. */
const COMMANDS_ABOUT_THE_MAIL = ['RCPT TO', 'DATA']

/** @param options.url smtp://user:password@host:587, or smtps:// for TLS from the first byte. User and password are
 * percent-encoded. STARTTLS is used when the server offers it; `?requireTLS=true` makes it mandatory.
 * @param options.deadlineMs for one mail in all */
export function createSmtpMailer(options: { url: string; deadlineMs?: number }): Mailer {
  const transport = createTransport({ url: options.url, ...TIMEOUTS_MS })
  return {
    async send(mail, signal) {
      const message = toMimeMessage(mail)
      const deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS)
      try {
        await transport.sendMail({
          ...message,
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        })
      } catch (error) {
        if (isDeferral(error)) throw new MailDeferredError(error.message, { cause: error })
        if (!isRefusal(error)) throw error
        throw new MailRefusedError(error.message, { cause: error })
      }
    },
    async check() {
      try {
        await transport.verify()
      } catch (error) {
        throw new Outage(
          `The SMTP server ${new URL(options.url).host} cannot be used: ${reasonOf(error)}. Mails wait and are sent again for about a day. Check SMTP_URL.`,
          { cause: error },
        )
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

function isDeferral(error: unknown): error is Error {
  return error instanceof Error && 'responseCode' in error && /^4\d\d$/.test(String(error.responseCode))
}
