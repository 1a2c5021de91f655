// One request to Google Calendar: with a token, a time limit and a place among those in flight, and never twice but
// for a token that has expired. Google's client does none of this as it should: it is left to build and send requests.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { CalendarFault } from '../provider/calendar-fault.ts'
import { createInFlightLimit } from '../provider/in-flight.ts'
import { inTime } from '../provider/in-time.ts'
import { type Failure, faultOf, GoogleFault, wantsNewToken } from './faults.ts'

/** To be passed on with every request. */
export interface RequestOptions {
  headers: Record<string, string>
  signal: AbortSignal
  retry: false
  responseType: 'json'
  /** A redirection leads the token to who knows whom. */
  redirect: 'manual'
}

export interface GoogleRequest<Answer> {
  send(api: calendar_v3.Calendar, options: RequestOptions): Promise<{ data: Answer }>
  /** Whether Google is asked to send invitations. */
  invites?: boolean
  /** When the answer is of no use any more. */
  deadline?: AbortSignal
}

export interface GoogleClient {
  /** @returns the answer, which is an object
   * @throws CalendarFault */
  ask<Answer extends object>(access: CalendarAccess, request: GoogleRequest<Answer>): Promise<Answer>
  /** For requests that are answered with nothing.
   * @throws CalendarFault */
  send(access: CalendarAccess, request: GoogleRequest<unknown>): Promise<void>
}

/** @param options.apiUrl the origin of the API; nothing is sent elsewhere
 * @param options.timeoutMs for each request */
export function createGoogleClient({
  apiUrl,
  timeoutMs,
}: {
  apiUrl: string
  timeoutMs: number
}): GoogleClient {
  const limit = createInFlightLimit()
  let api: Promise<calendar_v3.Calendar> | undefined

  function open(): Promise<calendar_v3.Calendar> {
    // Google's client is large: who has no Google calendar does without it.
    api ??= import('googleapis/build/src/apis/calendar/v3.js').then(
      ({ calendar_v3: { Calendar } }) => new Calendar({ rootUrl: apiUrl }),
    )
    return api
  }

  async function attempt<Answer>(
    access: CalendarAccess,
    { request, token }: { request: GoogleRequest<Answer>; token: string },
  ): Promise<Answer> {
    const calendar = await open()
    return limit(access.connectionId, async () => {
      request.deadline?.throwIfAborted()
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = request.deadline ? AbortSignal.any([request.deadline, timeout]) : timeout
      const headers = { Authorization: `Bearer ${token}` }
      const { data } = await request.send(calendar, {
        ...{ headers, signal, retry: false, responseType: 'json', redirect: 'manual' },
      })
      return data
    })
  }

  async function exchange<Answer>(access: CalendarAccess, request: GoogleRequest<Answer>): Promise<Answer> {
    try {
      return await attempt(access, { request, token: await access.token() })
    } catch (error) {
      if (!wantsNewToken(failureOf(error))) throw error
    }
    return attempt(access, { request, token: await access.token({ renew: true }) })
  }

  async function checked<Answer>(access: CalendarAccess, request: GoogleRequest<Answer>): Promise<Answer> {
    try {
      return await inTime(exchange(access, request), request.deadline)
    } catch (error) {
      if (error instanceof CalendarFault) throw error
      throw faultOf(failureOf(error), { invites: request.invites ?? false })
    }
  }

  return {
    ask: async (access, request) => {
      const answer = await checked(access, request)
      // The client hands over what is no JSON as text.
      if (typeof answer !== 'object' || answer === null) throw faultOf(NO_ANSWER, { invites: false })
      return answer
    },
    send: async (access, request) => {
      const answer = await checked(access, request)
      if (answer) throw faultOf(NO_ANSWER, { invites: false })
    },
  }
}

/** Whether Google answered so. */
export function isAnswer(error: unknown, ...statuses: number[]): boolean {
  return error instanceof GoogleFault && error.status !== null && statuses.includes(error.status)
}

const NO_ANSWER: Failure = { status: null, retryAfter: null, date: null, body: null }

/** @throws the error itself when it does not come from the exchange: it is a fault of ours */
function failureOf(error: unknown): Failure {
  if (!(error instanceof Error) || error instanceof CalendarFault) throw error
  if (!('config' in error) && !['AbortError', 'TimeoutError'].includes(error.name)) throw error
  const { response } = error as { response?: { status: number; headers: Headers; data: unknown } }
  if (response === undefined) return NO_ANSWER
  const { status, headers, data } = response
  return { status, retryAfter: headers.get('retry-after'), date: headers.get('date'), body: data }
}
