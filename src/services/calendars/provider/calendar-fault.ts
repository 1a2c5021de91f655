// What can go wrong with somebody else's calendar, in the classes that decide what happens next.

/** RETRY: may go well later (rate limits, faults of the server, no answer; what was to be written may have been).
 * REAUTHENTICATE: only the agent can mend it. MISCONFIGURED: our own registration at the provider is at fault.
 * INVITATIONS_LIMITED: the account may invite nobody for some hours; written without inviting, it would go well.
 * GONE: the event is not there any more. REFUSED: will never go well. */
export type FaultKind =
  | 'RETRY'
  | 'REAUTHENTICATE'
  | 'MISCONFIGURED'
  | 'INVITATIONS_LIMITED'
  | 'GONE'
  | 'REFUSED'

/** The message is for people, in English; it never holds a token, nor what an event is about. */
export class CalendarFault extends Error {
  override name = 'CalendarFault'
  readonly kind: FaultKind
  /** How long the provider asks us to wait, in ms; null: it does not say. */
  readonly retryAfterMs: number | null
  constructor(kind: FaultKind, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

/** This installation is not registered at the provider, or not any more. */
export const notSetUp = (provider: string) => new CalendarFault('MISCONFIGURED', `${provider} is not set up.`)
