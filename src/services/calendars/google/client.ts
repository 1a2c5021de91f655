// Requests to Google Calendar. Google's client builds and sends them; its retries, time limits and redirects are off.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import type { CalendarAccess } from '../../ports/calendar-provider.ts'
import { createSendRequest } from '../provider/send-request.ts'
import { type Failure, faultOf, GoogleFault, wantsNewToken } from './faults.ts'

/** For every request. */
interface RequestOptions {
  headers: Record<string, string>
  signal: AbortSignal
  retry: false
  responseType: 'json'
  /** A redirect would send the token to another server. */
  redirect: 'manual'
}

export interface GoogleRequest<Answer> {
  send(api: calendar_v3.Calendar, options: RequestOptions): Promise<{ data: Answer }>
  /** Whether Google is asked to send invitations. */
  invites?: boolean
  /** After it the answer is not needed any more. */
  deadline?: AbortSignal
}

export interface GoogleClient {
  /** @returns the answer, an object
   * @throws CalendarFault */
  ask<Answer extends object>(access: CalendarAccess, request: GoogleRequest<Answer>): Promise<Answer>
  /** For requests whose answer is empty.
   * @throws CalendarFault */
  send(access: CalendarAccess, request: GoogleRequest<unknown>): Promise<void>
}

type Exchange<Answer> = { data: Answer } | { failure: Failure }

/** @param options.apiUrl the origin of the API; nothing is sent elsewhere */
export function createGoogleClient({ apiUrl }: { apiUrl: string }): GoogleClient {
  const sendRequest = createSendRequest()
  let api: Promise<calendar_v3.Calendar> | undefined

  function open(): Promise<calendar_v3.Calendar> {
    // Google's client is large. It is loaded with the first Google calendar.
    api ??= import('googleapis/build/src/apis/calendar/v3.js').then(
      ({ calendar_v3: { Calendar } }) => new Calendar({ rootUrl: apiUrl }),
    )
    return api
  }

  async function checked<Answer>(access: CalendarAccess, request: GoogleRequest<Answer>): Promise<Answer> {
    const calendar = await open()
    const exchange = await sendRequest(access, {
      send: async ({ token, signal }): Promise<Exchange<Answer>> => {
        const headers = { Authorization: `Bearer ${token}` }
        const options = { headers, signal, retry: false, responseType: 'json', redirect: 'manual' } as const
        try {
          return await request.send(calendar, options)
        } catch (error) {
          return { failure: failureOf(error) }
        }
      },
      isTokenRefused: (answer) => 'failure' in answer && wantsNewToken(answer.failure),
      deadline: request.deadline,
    })
    if ('failure' in exchange) throw faultOf(exchange.failure, { invites: request.invites ?? false })
    return exchange.data
  }

  return {
    ask: async (access, request) => {
      const answer = await checked(access, request)
      // The client returns a body that is not JSON as text.
      if (typeof answer !== 'object' || answer === null) throw faultOf(NO_ANSWER, { invites: false })
      return answer
    },
    send: async (access, request) => {
      const answer = await checked(access, request)
      if (answer) throw faultOf(NO_ANSWER, { invites: false })
    },
  }
}

/** Whether Google answered with one of these statuses. */
export function isAnswer(error: unknown, ...statuses: number[]): boolean {
  return error instanceof GoogleFault && error.status !== null && statuses.includes(error.status)
}

const NO_ANSWER: Failure = { status: null, retryAfter: null, date: null, body: null }

/** @throws the error itself when it does not come from the request: it is an error of ours */
function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) throw error
  if (!('config' in error) && !['AbortError', 'TimeoutError'].includes(error.name)) throw error
  const { response } = error as { response?: { status: number; headers: Headers; data: unknown } }
  if (response === undefined) return NO_ANSWER
  const { status, headers, data } = response
  return { status, retryAfter: headers.get('retry-after'), date: headers.get('date'), body: data }
}
