import { describe, expect, it } from 'vitest'
import { faultOf, type Refusal } from '../../src/services/calendars/microsoft/faults.ts'
import type { FaultKind } from '../../src/services/calendars/provider/calendar-fault.ts'

const refusal = (status: number, code: string | null, headers: Partial<Refusal> = {}): Refusal => ({
  status,
  code,
  requestId: null,
  retryAfter: null,
  date: null,
  ...headers,
})

describe('a refusal from Microsoft Graph', () => {
  it.each<[number, string | null, FaultKind, FaultKind]>([
    // status, code, fault for an event, fault for the calendar
    [301, null, 'RETRY', 'RETRY'],
    [400, 'ErrorInvalidRequest', 'REFUSED', 'REFUSED'],
    [400, 'ErrorInvalidIdMalformed', 'REFUSED', 'REFUSED'],
    [400, 'ValidationError', 'REFUSED', 'REFUSED'],
    [400, null, 'RETRY', 'RETRY'],
    [401, 'InvalidAuthenticationToken', 'RETRY', 'RETRY'],
    [401, null, 'RETRY', 'RETRY'],
    [401, 'MailboxNotEnabledForRESTAPI', 'NO_MAILBOX', 'NO_MAILBOX'],
    [403, 'ErrorAccessDenied', 'REFUSED', 'REAUTHENTICATE'],
    [403, 'Authorization_RequestDenied', 'REFUSED', 'REAUTHENTICATE'],
    [403, 'ErrorQuota', 'REFUSED', 'REFUSED'],
    [403, 'ErrorCannotDeleteObject', 'GONE', 'GONE'],
    [403, 'ErrorExceededConnectionCount', 'RETRY', 'RETRY'],
    [403, null, 'RETRY', 'RETRY'],
    [404, 'ErrorItemNotFound', 'GONE', 'CALENDAR_GONE'],
    [404, 'ResourceNotFound', 'GONE', 'CALENDAR_GONE'],
    [404, 'MailboxNotEnabledForRESTAPI', 'NO_MAILBOX', 'NO_MAILBOX'],
    [404, 'MailboxNotSupportedForRESTAPI', 'NO_MAILBOX', 'NO_MAILBOX'],
    [404, null, 'RETRY', 'RETRY'],
    [408, 'RequestTimeout', 'RETRY', 'RETRY'],
    [409, 'ErrorIrresolvableConflict', 'RETRY', 'RETRY'],
    [410, 'ResourceNotFound', 'GONE', 'CALENDAR_GONE'],
    [412, 'ErrorIrresolvableConflict', 'RETRY', 'RETRY'],
    [413, 'RequestEntityTooLarge', 'REFUSED', 'REFUSED'],
    [423, 'notAllowed', 'RETRY', 'RETRY'],
    [429, 'ApplicationThrottled', 'RETRY', 'RETRY'],
    [429, null, 'RETRY', 'RETRY'],
    [500, 'ErrorInternalServerError', 'RETRY', 'RETRY'],
    [502, null, 'RETRY', 'RETRY'],
    [503, 'ErrorMailboxStoreUnavailable', 'RETRY', 'RETRY'],
    [504, 'UnknownError', 'RETRY', 'RETRY'],
  ])('%i %s means %s for an event and %s for the calendar', (status, code, item, calendar) => {
    expect(faultOf(refusal(status, code), 'ITEM').kind).toBe(item)
    expect(faultOf(refusal(status, code), 'CALENDAR').kind).toBe(calendar)
  })

  it.each<[Partial<Refusal>, number | null]>([
    [{ retryAfter: null }, null],
    [{ retryAfter: '1' }, 1_000],
    [{ retryAfter: '120' }, 120_000],
    [{ retryAfter: '-5' }, 0],
    [{ retryAfter: 'Mon, 07 Dec 2026 08:00:30 GMT', date: 'Mon, 07 Dec 2026 08:00:00 GMT' }, 30_000],
    [{ retryAfter: 'Mon, 07 Dec 2026 08:00:30 GMT' }, null],
    [{ retryAfter: 'later' }, null],
  ])('with the headers %o asks for a back-off of %o ms', (headers, expected) => {
    expect(faultOf(refusal(429, 'ApplicationThrottled', headers), 'ITEM').retryAfterMs).toBe(expected)
  })

  it('names a missing mailbox as the reason', () => {
    const fault = faultOf(refusal(404, 'MailboxNotEnabledForRESTAPI'), 'CALENDAR')
    expect(fault.message).toContain('no mailbox')
  })

  it('keeps the code and the request id, which Microsoft’s support asks for', () => {
    const fault = faultOf(refusal(400, 'ErrorInvalidRequest', { requestId: 'a1-b2' }), 'ITEM')
    expect(fault.message).toBe('Microsoft refuses the request. (400 ErrorInvalidRequest, request a1-b2)')
  })
})
