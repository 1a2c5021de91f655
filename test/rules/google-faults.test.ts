// How error answers of Google Calendar are classified.
import { describe, expect, it } from 'vitest'
import { type Failure, faultOf, wantsNewToken } from '../../src/services/calendars/google/faults.ts'

const html = '<!doctype html><h1>Service Unavailable</h1>'

function failure(status: number | null, body: unknown, headers: Partial<Failure> = {}): Failure {
  return { status, body, retryAfter: null, date: null, ...headers }
}

function refusal(code: number, reason: string) {
  return failure(code, {
    error: {
      code,
      message: 'Of a secret event.',
      errors: [{ domain: 'global', reason, message: 'Secret.' }],
    },
  })
}

describe('a failed request to Google Calendar', () => {
  it.each([
    [400, 'timeRangeEmpty', 'REFUSED'],
    [400, 'badRequest', 'REFUSED'],
    [400, 'push.webhookUrlNotHttps', 'MISCONFIGURED'],
    [401, 'authError', 'RETRY'],
    [401, 'push.webhookUrlUnauthorized', 'MISCONFIGURED'],
    [403, 'rateLimitExceeded', 'RETRY'],
    [403, 'userRateLimitExceeded', 'RETRY'],
    [403, 'dailyLimitExceeded', 'RETRY'],
    [429, 'rateLimitExceeded', 'RETRY'],
    [403, 'insufficientPermissions', 'REAUTHENTICATE'],
    [403, 'domainPolicy', 'REAUTHENTICATE'],
    [403, 'accessNotConfigured', 'MISCONFIGURED'],
    [403, 'forbiddenForNonOrganizer', 'REFUSED'],
    [403, 'requiredAccessLevel', 'REFUSED'],
    [403, 'forbidden', 'REFUSED'],
    [404, 'notFound', 'GONE'],
    [409, 'duplicate', 'RETRY'],
    [410, 'fullSyncRequired', 'GONE'],
    [410, 'updatedMinTooLongAgo', 'GONE'],
    [410, 'deleted', 'GONE'],
    [412, 'conditionNotMet', 'RETRY'],
    [413, 'uploadTooLarge', 'REFUSED'],
    [500, 'backendError', 'RETRY'],
    [503, 'backendError', 'RETRY'],
  ])('with %i %s is classified as %s', (status, reason, kind) => {
    expect(faultOf(refusal(status, reason), { invites: false }).kind).toBe(kind)
  })

  it('with quotaExceeded is a limit on invitations only if the request sends invitations', () => {
    const limit = refusal(403, 'quotaExceeded')
    expect(faultOf(limit, { invites: true }).kind).toBe('INVITATIONS_LIMITED')
    expect(faultOf(limit, { invites: false }).kind).toBe('RETRY')
  })

  it('is also classified by the reason in error details, the newer form', () => {
    const details = [{ '@type': 'ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }]
    const body = { error: { code: 403, message: 'No.', status: 'PERMISSION_DENIED', details } }
    expect(faultOf(failure(403, body), { invites: false }).kind).toBe('REAUTHENTICATE')
  })

  it.each([
    ['no connection or a timeout', failure(null, null)],
    ['an HTML page and status 503', failure(503, html)],
    ['an empty body and status 500', failure(500, '')],
    ['a redirect', failure(302, '')],
    ['an HTML page and status 404', failure(404, html)],
    ['an HTML page and status 403', failure(403, html)],
    ['an HTML page and status 410', failure(410, html)],
    ['an empty body and status 404', failure(404, '')],
    ['truncated JSON', failure(400, '{"error":{"code":400,"err')],
    ['JSON of another form', failure(404, { message: 'no route' })],
    ['an empty body and status 429', failure(429, '')],
  ])('with %s is retried, because it does not come from the Calendar API', (_, unreadable) => {
    const fault = faultOf(unreadable, { invites: true })
    expect(fault).toMatchObject({ kind: 'RETRY', status: null })
  })

  it('yields a message with Google’s reason, but without Google’s texts', () => {
    const { message } = faultOf(refusal(403, 'forbiddenForNonOrganizer'), { invites: false })
    expect(message).toBe('Google Calendar refuses the request (403 forbiddenForNonOrganizer).')
    expect(faultOf(refusal(403, 'a <b>secret</b>'), { invites: false }).message).not.toContain('secret')
  })
})

describe('a new access token', () => {
  it('is needed only when Google refuses the one that was sent', () => {
    expect(wantsNewToken(refusal(401, 'authError'))).toBe(true)
    expect(wantsNewToken(failure(401, ''))).toBe(true)
    expect(wantsNewToken(refusal(401, 'push.webhookUrlUnauthorized'))).toBe(false)
    expect(wantsNewToken(refusal(403, 'insufficientPermissions'))).toBe(false)
    expect(wantsNewToken(failure(null, null))).toBe(false)
  })
})

describe('the back-off after Retry-After', () => {
  const date = 'Tue, 10 Mar 2026 16:00:00 GMT'
  it.each([
    ['in seconds', '120', date, 120_000],
    ['of 0 seconds', '0', date, 0],
    ['as a date', 'Tue, 10 Mar 2026 16:02:30 GMT', date, 150_000],
    ['as a past date', 'Tue, 10 Mar 2026 15:00:00 GMT', date, 0],
    ['as a date without a Date header', 'Tue, 10 Mar 2026 16:02:30 GMT', null, null],
    ['of another form', 'a while', date, null],
    ['that is missing', null, date, null],
  ])('%s', (_, retryAfter, sentAt, expected) => {
    const fault = faultOf(failure(429, '', { retryAfter, date: sentAt }), { invites: false })
    expect(fault.retryAfterMs).toBe(expected)
  })
})
