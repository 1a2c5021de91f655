// The port for outgoing mail. It takes one finished mail for one recipient. An implementation must never choose another
// recipient, and must send a retry of the same mail unchanged.

export interface Mailbox {
  /** May be empty. */
  name: string
  address: string
}

export interface Mail {
  /** With angle brackets. A retry has the same id. */
  messageId: string
  /** The Date header: the instant of the change that the mail is about, so that a retry is identical to the byte. */
  sentAt: Date
  from: Mailbox
  /** Who hands the mail in, if that is not `from`. */
  sender?: Mailbox
  replyTo?: Mailbox
  to: Mailbox
  subject: string
  text: string
  html: string
  /** An iCalendar object (RFC 5545) and its scheduling method (RFC 5546); null: the mail has none. */
  calendar: { method: 'REQUEST' | 'CANCEL'; content: string } | null
}

/** A mail that was kept here instead of being sent away. */
export interface KeptMail {
  /** Names it to `readKept`. */
  name: string
  sentAt: Date
  /** The address. */
  to: string
  subject: string
  text: string
  html: string
}

export interface Mailer {
  /** Hands the mail over for delivery.
   * @param signal ends the attempt; the mail may have been delivered all the same
   * @throws MailRefusedError when no retry can succeed
   * @throws MailDeferredError when the mail was certainly not delivered, and a retry can succeed; after every other
   *   error too, but the mail may have been delivered */
  send(mail: Mail, signal?: AbortSignal): Promise<void>
  /** @throws Outage if mail cannot be handed over at present */
  check?(): Promise<void>
  /** The latest mails, the newest first, and those about one change side by side; only of a mailer that keeps them. */
  listKept?(): Promise<KeptMail[]>
  /** @returns null if there is no mail of that name */
  readKept?(name: string): Promise<KeptMail | null>
  /** Deletes mails that were kept here: those that were written before an instant, or whose Message-ID begins with one of
   * these texts.
   * @returns how many were deleted */
  deleteKept?(which: { writtenBefore: Date } | { messageIdPrefixes: string[] }): Promise<number>
  close?(): Promise<void>
}

/** The mail is refused permanently: the address is invalid, or the server refuses the recipient or the message with a
 * 5xx reply (RFC 5321, section 4.2.1). */
export class MailRefusedError extends Error {
  override name = 'MailRefusedError'
}

/** The server does not take the mail at present: a 4xx reply (RFC 5321, section 4.2.1). */
export class MailDeferredError extends Error {
  override name = 'MailDeferredError'
}
