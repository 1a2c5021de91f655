// A server whose budgets a test sets, and clients with addresses of their own.
import { randomUUID } from 'node:crypto'
import { beforeEach, expect } from 'vitest'
import type { Budget, BudgetedCall, BudgetScope } from '../../src/config/budgets.ts'
import type { TestWorkspace } from '../kit/actors.ts'
import { MINUTE } from '../kit/clock.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { NINE, TUESDAY } from '../kit/times.ts'

const SECOND = 1000

type Changing = Record<BudgetedCall, Partial<Record<BudgetScope, Budget>>>

/** The budgets of the present test; other calls have none. */
export const budgets: Changing = {
  visits: {},
  visitsWithoutProof: {},
  identifications: {},
  holds: {},
  bookings: {},
  changes: {},
  chatRequests: {},
  messages: {},
  signals: {},
  slots: {},
  slotsChanged: {},
  dialogues: {},
}
export const SECRET = 'a secret of the backend, 32 characters or more'
/** It knows a backend, so that a test chooses the addresses. */
const start = () => startOnPort({ budgets, network: { backendSecret: SECRET } })

/** The headers of a backend that passes on a visitor's address. */
export const fromAddress = (address: string) => ({
  'switchboard-visitor-address': address,
  'switchboard-backend-secret': SECRET,
})

export const TWO_A_MINUTE: Budget = { limit: 2, windowMs: MINUTE }
export const HALF_A_MINUTE = '2026-03-02T08:00:30.000Z'
const LIMIT = '... on QuotaExceededError { limit resetsAt message }'

/** One request from an address. */
export interface From {
  token?: string
  address?: string
  headers?: Record<string, string>
  url?: string
}

export interface Reply {
  /** Of the refusal; undefined: it was not refused by a budget. */
  refused?: { limit: number; resetsAt: string; message: string }
  retryAfter: string | null
  status: number
}
export const RANGE = `target: { roundRobin: true }, from: "${TUESDAY.from}", to: "${TUESDAY.to}", timeZone: "UTC"`

/** Call it at the top of the file: before each test, nothing is used of any budget, and no call has one. */
export function useBudgetScene() {
  const scene = useScene({ ada: bookable() }, { start })
  const { app, acme } = scene

  beforeEach(async () => {
    await scene.database.budget.deleteMany()
    for (const call of Object.keys(budgets)) budgets[call as BudgetedCall] = {}
  })

  async function send(query: string, variables: object, from: From = {}): Promise<Reply> {
    const { token, address = '198.51.100.1', headers = {}, url = app.server.url } = from
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...fromAddress(address),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors = [] } = await response.json()
    const { result } = data ?? {}
    const [error] = errors
    const refused =
      result?.__typename === 'QuotaExceededError'
        ? { limit: result.limit, resetsAt: result.resetsAt, message: result.message }
        : error?.extensions.code === 'QUOTA_EXCEEDED'
          ? { limit: error.extensions.limit, resetsAt: error.extensions.resetsAt, message: error.message }
          : undefined
    if (!refused && !data) throw new Error(JSON.stringify(errors))
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      ...(refused ? { refused } : {}),
    }
  }

  const mutation = (name: string, type: string, input: () => object) => (from?: From) =>
    send(
      `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ${LIMIT} } }`,
      { input: input() },
      from,
    )
  const nextAgent = () => ({ target: { roundRobin: true }, startsAt: NINE })
  const unknownChat = () => ({ conversationId: btoa(`Conversation:${randomUUID()}`) })
  const unknownMeeting = () => ({ meeting: { meetingId: btoa(`Meeting:${randomUUID()}`) } })

  const startVisit = (from?: From, workspace: TestWorkspace = acme) =>
    mutation('startVisit', 'StartVisitInput', () => ({ publicKey: workspace.publicKey }))(from)
  const bookFor = (email: string) =>
    mutation('bookMeeting', 'BookMeetingInput', () => ({
      slot: { free: nextAgent() },
      timeZone: 'UTC',
      person: { email },
    }))
  const sendMessage = mutation('sendMessage', 'SendMessageInput', () => ({
    ...unknownChat(),
    text: 'Hello',
    clientKey: randomUUID(),
  }))

  /** What counts towards each budget. Each is repeated as it is: attempts count, whatever becomes of them. */
  const calls: [BudgetedCall, string, (from?: From) => Promise<Reply>][] = [
    ['visits', 'startVisit', startVisit],
    [
      'identifications',
      'identifyVisitor',
      mutation('identifyVisitor', 'IdentifyVisitorInput', () => ({
        person: { email: `${randomUUID()}@example.com` },
      })),
    ],
    ['holds', 'holdSlot', mutation('holdSlot', 'HoldSlotInput', nextAgent)],
    ['bookings', 'bookMeeting', bookFor('grace@example.com')],
    ['changes', 'cancelMeeting', mutation('cancelMeeting', 'CancelMeetingInput', unknownMeeting)],
    [
      'changes',
      'rescheduleMeeting',
      mutation('rescheduleMeeting', 'RescheduleMeetingInput', () => ({
        ...unknownMeeting(),
        startsAt: NINE,
      })),
    ],
    ['chatRequests', 'requestLiveChat', mutation('requestLiveChat', 'RequestLiveChatInput', () => ({}))],
    [
      'messages',
      'requestLiveChat with a text',
      mutation('requestLiveChat', 'RequestLiveChatInput', () => ({ text: 'Hello' })),
    ],
    ['messages', 'sendMessage', sendMessage],
    ['signals', 'signalTyping', mutation('signalTyping', 'SignalTypingInput', unknownChat)],
    [
      'signals',
      'markRead',
      mutation('markRead', 'MarkReadInput', () => ({
        ...unknownChat(),
        messageId: btoa(`Message:${randomUUID()}`),
      })),
    ],
    ['slots', 'slots', (from) => send(`{ result: slots(${RANGE}) { timeZone } }`, {}, from)],
  ]

  /** Expects that two calls are allowed at once, and a third one half a minute later. */
  async function expectTwo(
    call: (from?: From) => Promise<Reply>,
    from: () => From | Promise<From>,
  ): Promise<void> {
    for (let times = 0; times < 2; times++) expect((await call(await from())).refused).toBeUndefined()
    const third = await call(await from())
    expect(third).toMatchObject({
      status: 200,
      retryAfter: '30',
      refused: { limit: 2, resetsAt: HALF_A_MINUTE },
    })
    app.clock.advance(30 * SECOND - 1)
    expect(await call(await from())).toMatchObject({ retryAfter: '1', refused: { resetsAt: HALF_A_MINUTE } })
    app.clock.advance(1)
    expect(await call(await from())).toMatchObject({ retryAfter: null, status: 200 })
  }
  return { scene, startVisit, bookFor, calls, expectTwo }
}
