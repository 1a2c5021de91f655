// Maps refusals of Graph to faults, by status and code. Pure.
import { CalendarFault, type FaultKind } from '../provider/calendar-fault.ts'
import { retryAfterMs } from '../provider/retry-after.ts'

/** An unsuccessful answer. */
export interface Refusal {
  status: number
  /** Graph's `error.code`; null: the answer is not Graph's, but for example the page of a proxy. */
  code: string | null
  requestId: string | null
  /** The header Retry-After: seconds, or a date. */
  retryAfter: string | null
  /** The header Date. */
  date: string | null
}

/** A fault with the status of the answer. */
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

/** The account has no licence, or its mailbox is on a server of the company. */
const NO_MAILBOX = /^Mailbox(NotEnabled|NotSupported)ForRESTAPI$/
/** Graph's answer, with immutable ids, for an item that was deleted before. */
const DELETED_BEFORE = 'ErrorCannotDeleteObject'
const THROTTLED = /^(ApplicationThrottled|ErrorExceeded.*|ErrorServerBusy|TooManyRequests)$/
/** With 403: the calendar needs another permission, or its owner has withdrawn the access. */
const NO_ACCESS = /^(ErrorAccessDenied|AccessDenied|Authorization_RequestDenied)$/
/** 401: a new token was refused as well. Only a renewal shows whether the access has ended. */
const MAY_PASS = [401, 408, 409, 412, 423, 425, 429]

/** @param of what the request concerned: an event or a subscription, or the calendar itself, which must exist */
export function faultOf(refusal: Refusal, of: 'ITEM' | 'CALENDAR'): GraphFault {
  const [kind, sentence] = verdictOf(refusal, of)
  return new GraphFault(kind, refusal, sentence)
}

function verdictOf({ status, code }: Refusal, of: 'ITEM' | 'CALENDAR'): [FaultKind, string] {
  if (code !== null && NO_MAILBOX.test(code)) {
    return ['NO_MAILBOX', 'The account has no mailbox that Microsoft 365 can reach.']
  }
  // Without a code, the answer comes from a proxy or a maintenance page.
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
    : ['CALENDAR_GONE', 'The calendar no longer exists.']
}
