import type { Services } from '../../context.ts'
import { type Mail, MailRefusedError } from '../../ports/mailer.ts'

/** Sends a mail, and reports a refusal.
 * @returns false when the address is invalid, or its server refuses the mail: a retry would not change that
 * @throws the mailer's error when a retry can succeed */
export async function sendUnlessRefused(
  { mailer, onError }: Pick<Services, 'mailer' | 'onError'>,
  mail: Mail,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await mailer.send(mail, signal)
    return true
  } catch (error) {
    if (!(error instanceof MailRefusedError)) throw error
    onError(error)
    return false
  }
}
