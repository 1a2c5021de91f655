// What an answer of Google Calendar that is no success means for us. Pure: statuses and reasons in, a fault out.
import { z } from 'zod'
import { CalendarFault, type FaultKind } from '../provider/calendar-fault.ts'
import { retryAfterMs } from '../provider/retry-after.ts'

/** An exchange that did not go well. */
export interface Failure {
  /** null: there was no answer, or none that could be read to its end. */
  status: number | null
  /** The headers Retry-After and Date. */
  retryAfter: string | null
  date: string | null
  /** Parsed JSON, or text. */
  body: unknown
}

/** With what Google said, for what only the adapter knows the meaning of. */
export class GoogleFault extends CalendarFault {
  /** null: it was not Google that answered. */
  readonly status: number | null
  readonly reasons: readonly string[]
  constructor(kind: FaultKind, failure: Failure, reasons: readonly string[] | null) {
    super(kind, messageOf(kind, failure, reasons ?? []), retryAfterMs(failure.retryAfter, failure.date))
    this.status = reasons === null ? null : failure.status
    this.reasons = reasons ?? []
  }
}

const KIND_OF_REASON: Readonly<Record<string, FaultKind>> = {
  rateLimitExceeded: 'RETRY',
  userRateLimitExceeded: 'RETRY',
  RATE_LIMIT_EXCEEDED: 'RETRY',
  dailyLimitExceeded: 'RETRY',
  insufficientPermissions: 'REAUTHENTICATE',
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'REAUTHENTICATE',
  domainPolicy: 'REAUTHENTICATE',
  accessNotConfigured: 'MISCONFIGURED',
  SERVICE_DISABLED: 'MISCONFIGURED',
  'push.webhookUrlNotHttps': 'MISCONFIGURED',
  'push.webhookUrlUnauthorized': 'MISCONFIGURED',
}

const KIND_OF_STATUS: Readonly<Record<number, FaultKind>> = {
  // A new token was refused as well. Whether the permission has ended, only its renewal says.
  401: 'RETRY',
  404: 'GONE',
  408: 'RETRY',
  409: 'RETRY',
  410: 'GONE',
  412: 'RETRY',
  429: 'RETRY',
}

/** @param request.invites whether the request asked Google to send invitations */
export function faultOf(failure: Failure, request: { invites: boolean }): GoogleFault {
  const reasons = reasonsOf(failure.body)
  const kind = kindOf(failure, { reasons, ...request })
  return new GoogleFault(kind, failure, reasons)
}

/** Whether the same request may go well with another token. */
export function wantsNewToken({ status, body }: Failure): boolean {
  return status === 401 && !reasonsOf(body)?.some((reason) => reason.startsWith('push.'))
}

function kindOf(
  { status }: Failure,
  { reasons, invites }: { reasons: string[] | null; invites: boolean },
): FaultKind {
  if (status === null || status < 400 || status >= 500) return 'RETRY'
  // Google always says what is wrong. Who does not is something else on the way: nothing is known of the calendar.
  if (reasons === null) return 'RETRY'
  if (reasons.includes('quotaExceeded')) return invites ? 'INVITATIONS_LIMITED' : 'RETRY'
  for (const reason of reasons) {
    const kind = KIND_OF_REASON[reason]
    if (kind) return kind
  }
  return KIND_OF_STATUS[status] ?? 'REFUSED'
}

const reasoned = z.array(z.object({ reason: z.string().optional() })).optional()
const errorBody = z.object({
  error: z.object({ code: z.number(), errors: reasoned, details: reasoned, status: z.string().optional() }),
})

/** @returns null when it is no error of Google's */
function reasonsOf(body: unknown): string[] | null {
  const parsed = errorBody.safeParse(body)
  if (!parsed.success) return null
  const { errors = [], details = [] } = parsed.data.error
  // Only what looks like a reason may come into a message.
  return [...errors, ...details].flatMap(({ reason = '' }) => (/^[\w.]{1,60}$/.test(reason) ? [reason] : []))
}

function messageOf(kind: FaultKind, { status }: Failure, reasons: readonly string[]): string {
  const said = [status, ...reasons].join(' ')
  switch (kind) {
    case 'RETRY':
      return status === null
        ? 'Google Calendar does not respond.'
        : `Google Calendar cannot handle the request at present (${said}).`
    case 'REAUTHENTICATE':
      return `Google no longer grants access to the calendar (${said}). Connect it again.`
    case 'MISCONFIGURED':
      return `Google does not accept how this installation is registered (${said}).`
    case 'INVITATIONS_LIMITED':
      return 'Google lets this account send no invitations for some hours.'
    case 'GONE':
      return `The event is no longer in the Google calendar (${said}).`
    case 'REFUSED':
      return `Google Calendar refuses the request (${said}).`
  }
}
