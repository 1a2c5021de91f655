// The error answers of Graph and the identity platform.
import { randomUUID } from 'node:crypto'
import type { Answer, EmulatorClock } from '../http-server.ts'

/** An error of Graph; `answerRefusal` composes its body, which needs the request. */
export class GraphRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const badRequest = (code: string, message: string) => new GraphRefusal(400, code, message)

export const itemNotFound = () =>
  new GraphRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')

/** An error of the token endpoint. */
export class TokenRefusal extends Error {
  readonly status: number
  readonly error: string
  readonly codes: number[]

  constructor(error: string, code: number, message: string, status = 400) {
    super(`AADSTS${code}: ${message}`)
    this.status = status
    this.error = error
    this.codes = [code]
  }
}

export function answerRefusal(
  refusal: GraphRefusal,
  { clock, clientRequestId }: { clock: EmulatorClock; clientRequestId: string | undefined },
): Answer {
  const requestId = randomUUID()
  const innerError = {
    date: clock.now().toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': clientRequestId ?? requestId,
  }
  return {
    status: refusal.status,
    headers: {
      'request-id': requestId,
      'client-request-id': innerError['client-request-id'],
      ...refusal.headers,
    },
    body: { error: { code: refusal.code, message: refusal.message, innerError } },
  }
}

export function answerTokenRefusal(refusal: TokenRefusal, clock: EmulatorClock): Answer {
  const [trace, correlation] = [randomUUID(), randomUUID()]
  const timestamp = `${clock.now().toISOString().slice(0, 19).replace('T', ' ')}Z`
  return {
    status: refusal.status,
    headers: { 'cache-control': 'no-store' },
    body: {
      error: refusal.error,
      error_description: `${refusal.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: refusal.codes,
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${refusal.codes[0]}`,
    },
  }
}
