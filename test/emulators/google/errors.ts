// The error answers of Google's two APIs, each in its own format.
import type { Answer } from '../http-server.ts'

/** Thrown by a method to send an error answer. */
export class Refusal extends Error {
  readonly answer: Answer
  constructor(answer: Answer, message: string) {
    super(message)
    this.answer = answer
  }
}

interface Details {
  /** `global` when omitted. */
  domain?: string
  /** The location of the fault, for example `parameter syncToken` or `header If-Match`. */
  at?: string
  /** The canonical status name that newer parts of Google's APIs add. */
  canonical?: string
  /** The message of the single error when it differs from the message of the whole. */
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

/** @param scopes that the method accepts */
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
