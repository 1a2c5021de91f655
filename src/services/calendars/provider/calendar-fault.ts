// The failures of requests to a calendar provider, by the kinds that decide what happens next (fault-policy.ts).

/** RETRY: may succeed later (rate limits, faults of the server, no response); a write may have been done.
 * REAUTHENTICATE, CALENDAR_GONE, NO_MAILBOX: the agent must connect the calendar again, because the access has ended,
 * the calendar no longer exists, or the account has none. MISCONFIGURED: the provider refuses our registration.
 * INVITATIONS_LIMITED: the account can send no invitations for some hours; without an invitation the write succeeds.
 * GONE: the event no longer exists. REFUSED: will never succeed. */
export type FaultKind =
  | 'RETRY'
  | 'REAUTHENTICATE'
  | 'CALENDAR_GONE'
  | 'NO_MAILBOX'
  | 'MISCONFIGURED'
  | 'INVITATIONS_LIMITED'
  | 'GONE'
  | 'REFUSED'

/** The message is an English sentence for people. It never contains a token or the content of an event. */
export class CalendarFault extends Error {
  override name = 'CalendarFault'
  readonly kind: FaultKind
  /** The wait that the provider asks for, in ms; null: none. */
  readonly retryAfterMs: number | null
  constructor(kind: FaultKind, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

/** The fault of an installation that is not, or no longer, registered with the provider. */
export const notSetUp = (provider: string) => new CalendarFault('MISCONFIGURED', `${provider} is not set up.`)
