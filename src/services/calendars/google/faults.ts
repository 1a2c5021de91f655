// Maps failed requests to Google Calendar to faults, by status and reason. Pure.
import { z } from 'zod'
import { CalendarFault, type FaultKind } from '../provider/calendar-fault.ts'
import { retryAfterMs } from '../provider/retry-after.ts'

/** What an answer can mean. That the calendar is gone depends on the request as well. */
type AnswerKind = Exclude<FaultKind, 'CALENDAR_GONE' | 'NO_MAILBOX'>

/** A failed request. */
export interface Failure {
  /** null: there was no complete answer. */
  status: number | null
  /** The headers Retry-After and Date. */
  retryAfter: string | null
  date: string | null
  /** Parsed JSON, or text. */
  body: unknown
}

/** A fault with Google's status and reasons, for decisions that only this folder can make. */
export class GoogleFault extends CalendarFault {
  /** null: the answer did not come from Google. */
  readonly status: number | null
  readonly reasons: readonly string[]
  constructor(kind: AnswerKind, failure: Failure, reasons: readonly string[] | null) {
    super(kind, messageOf(kind, failure, reasons ?? []), retryAfterMs(failure.retryAfter, failure.date))
    this.status = reasons === null ? null : failure.status
    this.reasons = reasons ?? []
  }
}

const KIND_OF_REASON: Readonly<Record<string, AnswerKind>> = {
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

const KIND_OF_STATUS: Readonly<Record<number, AnswerKind>> = {
  // A new token was refused as well. Only a renewal shows whether the access has ended.
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

/** Whether the same request may succeed with another token. */
export function wantsNewToken({ status, body }: Failure): boolean {
  return status === 401 && !reasonsOf(body)?.some((reason) => reason.startsWith('push.'))
}

function kindOf(
  { status }: Failure,
  { reasons, invites }: { reasons: string[] | null; invites: boolean },
): AnswerKind {
  if (status === null || status < 400 || status >= 500) return 'RETRY'
  // Google always names a reason. An answer without one comes from a proxy, and says nothing about the calendar.
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

/** @returns null when it is not an error of Google's */
function reasonsOf(body: unknown): string[] | null {
  const parsed = errorBody.safeParse(body)
  if (!parsed.success) return null
  const { errors = [], details = [] } = parsed.data.error
  // Only text in the form of a reason may appear in a message.
  return [...errors, ...details].flatMap(({ reason = '' }) => (/^[\w.]{1,60}$/.test(reason) ? [reason] : []))
}

function messageOf(kind: AnswerKind, { status }: Failure, reasons: readonly string[]): string {
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
