// What an answer of Graph that is no success means, by what has to happen next.
import { CalendarFault, type FaultKind } from '../provider/calendar-fault.ts'
import { retryAfterMs } from '../provider/retry-after.ts'

/** An answer that is no success. */
export interface Refusal {
  status: number
  /** Graph's `error.code`; null: the answer is not one of Graph's, but for example a proxy's page. */
  code: string | null
  requestId: string | null
  /** The header: seconds, or a date. */
  retryAfter: string | null
  /** The header: when the answer was made. */
  date: string | null
}

/** A fault that came with an answer. */
export class GraphFault extends CalendarFault {
  readonly status: number
  constructor(kind: FaultKind, refusal: Refusal, sentence: string) {
    const { status, code, requestId, retryAfter, date } = refusal
    const request = requestId === null ? '' : `, request ${requestId}`
    super(
      kind,
      `${sentence} (${status}${code === null ? '' : ` ${code}`}${request})`,
      retryAfterMs(retryAfter, date),
    )
    this.status = status
  }
}

/** No licence, or a mailbox on a server of the company. */
const NO_MAILBOX = /^Mailbox(NotEnabled|NotSupported)ForRESTAPI$/
/** What Graph answers, with ids that do not change, about an item that was deleted. */
const DELETED_BEFORE = 'ErrorCannotDeleteObject'
const THROTTLED = /^(ApplicationThrottled|ErrorExceeded.*|ErrorServerBusy|TooManyRequests)$/
/** Of 403; the permission is another one than that the calendar needs, or the owner has shut it. */
const NO_ACCESS = /^(ErrorAccessDenied|AccessDenied|Authorization_RequestDenied)$/
/** 401: a new token was refused as well. Whether the permission has ended, only its renewal says. */
const MAY_PASS = [401, 408, 409, 412, 423, 425, 429]

/** @param of what the request was about: one event or subscription, or the calendar itself, which must be there */
export function faultOf(refusal: Refusal, of: 'ITEM' | 'CALENDAR'): GraphFault {
  const [kind, sentence] = verdictOf(refusal, of)
  return new GraphFault(kind, refusal, sentence)
}

function verdictOf({ status, code }: Refusal, of: 'ITEM' | 'CALENDAR'): [FaultKind, string] {
  if (code !== null && NO_MAILBOX.test(code)) {
    return ['REAUTHENTICATE', 'The account has no mailbox that Microsoft 365 can reach.']
  }
  // Not an answer of Graph: a proxy, or a page that asks for patience.
  if (code === null || status < 400 || status >= 500 || MAY_PASS.includes(status) || THROTTLED.test(code)) {
    return ['RETRY', 'Microsoft cannot handle the request at present.']
  }
  if (code === DELETED_BEFORE) return ['GONE', 'The event is no longer in the calendar.']
  if (NO_ACCESS.test(code) && of === 'CALENDAR') {
    return ['REAUTHENTICATE', 'Microsoft does not grant access to the calendar.']
  }
  if (status !== 404 && status !== 410) return ['REFUSED', 'Microsoft refuses the request.']
  return of === 'ITEM'
    ? ['GONE', 'The event is no longer in the calendar.']
    : ['REAUTHENTICATE', 'The calendar no longer exists.']
}
