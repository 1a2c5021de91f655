// What an answer of Google Calendar that is no success means, row by row.
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

describe('an answer that is no success', () => {
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
  ])('%i %s is %s', (status, reason, kind) => {
    expect(faultOf(refusal(status, reason), { invites: false }).kind).toBe(kind)
  })

  it('F32: of a limit on invitations is so only when invitations were to be sent', () => {
    const limit = refusal(403, 'quotaExceeded')
    expect(faultOf(limit, { invites: true }).kind).toBe('INVITATIONS_LIMITED')
    expect(faultOf(limit, { invites: false }).kind).toBe('RETRY')
  })

  it('names its reason in the newer way as well', () => {
    const details = [{ '@type': 'ErrorInfo', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }]
    const body = { error: { code: 403, message: 'No.', status: 'PERMISSION_DENIED', details } }
    expect(faultOf(failure(403, body), { invites: false }).kind).toBe('REAUTHENTICATE')
  })

  it.each([
    ['no connection, or no answer in time', failure(null, null)],
    ['a page instead of a server', failure(503, html)],
    ['nothing', failure(500, '')],
    ['a redirection', failure(302, '')],
    ['F23: a page that says not found', failure(404, html)],
    ['a page that forbids', failure(403, html)],
    ['a page that says it is gone', failure(410, html)],
    ['nothing, as if it were not found', failure(404, '')],
    ['half of an error', failure(400, '{"error":{"code":400,"err')],
    ['JSON of something else', failure(404, { message: 'no route' })],
    ['nothing, with too many requests', failure(429, '')],
  ])('F2: %s says nothing of the calendar: RETRY', (_, unreadable) => {
    const fault = faultOf(unreadable, { invites: true })
    expect(fault).toMatchObject({ kind: 'RETRY', status: null })
  })

  it('says nothing of events, and no more of what Google says than its reason', () => {
    const { message } = faultOf(refusal(403, 'forbiddenForNonOrganizer'), { invites: false })
    expect(message).toBe('Google Calendar refuses the request (403 forbiddenForNonOrganizer).')
    expect(faultOf(refusal(403, 'a <b>secret</b>'), { invites: false }).message).not.toContain('secret')
  })
})

describe('a new token', () => {
  it('is wanted when the one that was sent is not accepted, and only then', () => {
    expect(wantsNewToken(refusal(401, 'authError'))).toBe(true)
    expect(wantsNewToken(failure(401, ''))).toBe(true)
    expect(wantsNewToken(refusal(401, 'push.webhookUrlUnauthorized'))).toBe(false)
    expect(wantsNewToken(refusal(403, 'insufficientPermissions'))).toBe(false)
    expect(wantsNewToken(failure(null, null))).toBe(false)
  })
})

describe('how long to wait', () => {
  const date = 'Tue, 10 Mar 2026 16:00:00 GMT'
  it.each([
    ['seconds', '120', date, 120_000],
    ['no time', '0', date, 0],
    ['a date', 'Tue, 10 Mar 2026 16:02:30 GMT', date, 150_000],
    ['a date that has passed', 'Tue, 10 Mar 2026 15:00:00 GMT', date, 0],
    ['a date, with nothing to compare it with', 'Tue, 10 Mar 2026 16:02:30 GMT', null, null],
    ['nonsense', 'a while', date, null],
    ['nothing said', null, date, null],
  ])('%s', (_, retryAfter, sentAt, expected) => {
    const fault = faultOf(failure(429, '', { retryAfter, date: sentAt }), { invites: false })
    expect(fault.retryAfterMs).toBe(expected)
  })
})
