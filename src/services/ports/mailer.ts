// The port through which mail leaves. It knows one finished mail for one recipient; whoever implements it must
// never choose another recipient, and must never change what a repeat of the same mail looks like.

export interface Mailbox {
  /** May be empty. */
  name: string
  address: string
}

export interface Mail {
  /** With angle brackets. The same mail, repeated, has the same id. */
  messageId: string
  /** The Date header. The instant that the mail tells of, so that a repeat is the same to the byte. */
  sentAt: Date
  from: Mailbox
  replyTo?: Mailbox
  to: Mailbox
  subject: string
  text: string
  html: string
  /** An iCalendar object (RFC 5545) and the scheduling method it carries (RFC 5546); null: none goes with it. */
  calendar: { method: 'REQUEST' | 'CANCEL'; content: string } | null
}

export interface Mailer {
  /** Hands the mail over for delivery.
   * @throws MailRefusedError when no repeat can succeed; any other error is worth a repeat */
  send(mail: Mail): Promise<void>
  close?(): Promise<void>
}

/** This mail is refused for good: the address is none, or the server refuses the recipient or the message with
 * a 5xx reply (RFC 5321, section 4.2.1). */
export class MailRefusedError extends Error {
  override name = 'MailRefusedError'
}
