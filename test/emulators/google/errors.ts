// The refusals of Google's two interfaces, in the bodies in which they come.
import type { Answer } from '../http-server.ts'

/** An answer in place of what was asked for. */
export class Refusal extends Error {
  readonly answer: Answer
  constructor(answer: Answer, message: string) {
    super(message)
    this.answer = answer
  }
}

interface Details {
  /** `global` without. */
  domain?: string
  /** Where the fault is, as `parameter syncToken` or `header If-Match`. */
  at?: string
  /** The canonical name that newer parts of Google's interfaces add. */
  canonical?: string
  /** What single errors say, where it is not what the whole says. */
  single?: string
  headers?: Record<string, string>
  details?: unknown[]
}

/** A refusal of the Calendar API. */
export function refusal(status: number, reason: string, message: string, details: Details = {}): Refusal {
  const { domain = 'global', at, canonical, headers, single = message } = details
  const [locationType, location] = at?.split(' ') ?? []
  const place = location === undefined ? {} : { locationType, location }
  const error = {
    code: status,
    message,
    errors: [{ domain, reason, message: single, ...place }],
    ...(canonical === undefined ? {} : { status: canonical }),
    ...(details.details === undefined ? {} : { details: details.details }),
  }
  return new Refusal({ status, headers, body: { error } }, message)
}

/** A refusal of the OAuth endpoints. */
export function oauthRefusal(status: number, error: string, description: string): Refusal {
  return new Refusal({ status, body: { error, error_description: description } }, description)
}

export const badRequest = (message: string, at?: string) => refusal(400, 'badRequest', message, { at })
export const invalid = (message: string, at?: string) => refusal(400, 'invalid', message, { at })
export const notFound = () => refusal(404, 'notFound', 'Not Found')
export const timeRangeEmpty = () =>
  refusal(400, 'timeRangeEmpty', 'The specified time range is empty.', { domain: 'calendar' })

export const missingCredential = () =>
  refusal(
    401,
    'required',
    'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    { at: 'header Authorization', canonical: 'UNAUTHENTICATED', single: 'Login Required.' },
  )

export const invalidCredential = () =>
  refusal(
    401,
    'authError',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
    { at: 'header Authorization', canonical: 'UNAUTHENTICATED', single: 'Invalid Credentials' },
  )

/** @param scopes those that the method accepts */
export const insufficientScope = (scopes: string[]) =>
  refusal(403, 'insufficientPermissions', 'Request had insufficient authentication scopes.', {
    canonical: 'PERMISSION_DENIED',
    single: 'Insufficient Permission',
    headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"` },
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
        domain: 'googleapis.com',
        metadata: { service: 'calendar-json.googleapis.com' },
      },
    ],
  })
