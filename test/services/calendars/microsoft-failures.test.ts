// When Microsoft does not answer as it should: nothing is read in part, nothing is taken for free, the token goes nowhere
// else, and no more is asked at a time than a mailbox bears.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Fault } from '../../emulators/faults.ts'
import { faultOf, meetingEvent } from '../../kit/google-calendar.ts'
import { accessTo, startMicrosoftCalendar } from '../../kit/microsoft-calendar.ts'

const march = { start: Date.parse('2026-03-01T00:00Z'), end: Date.parse('2026-04-01T00:00Z') }
const VIEW = 'GET /v1.0/me/calendarView'
const ANY = /./
const HOUR = 3_600_000
const always = { times: Number.POSITIVE_INFINITY }

/** Listens where Graph is not.
 * @returns what it is asked */
async function startElsewhere() {
  const requests: (string | undefined)[] = []
  const server = createServer((request, response) => {
    requests.push(request.headers.authorization)
    response.end('{"value":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { requests, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('a reading', () => {
  const event = { start: '2026-03-10T10:00:00Z', end: '2026-03-10T11:00:00Z' }

  it.each<[string, Fault]>([
    ['an error of Graph', { kind: 'answer', status: 500, body: { error: { code: 'UnknownError' } } }],
    ['a page of a proxy', { kind: 'html', status: 502 }],
    ['a page that passes for a success', { kind: 'html', status: 200 }],
    ['nothing at all', { kind: 'answer', status: 200 }],
    ['JSON of something else', { kind: 'answer', status: 200, body: { items: [] } }],
    ['an event without a time', { kind: 'answer', status: 200, body: { value: [{ id: 'A' }] } }],
    ['half of an answer', { kind: 'truncate' }],
    ['a connection that is cut', { kind: 'drop' }],
    ['an answer that never comes', { kind: 'hang' }],
  ])('F23: fails in whole, and may go well later, with %s', async (_, fault) => {
    const { microsoft, agent, calendar, impatient, access } = await startMicrosoftCalendar()
    agent.createEvent(event)
    const link = `${microsoft.origin}/v1.0/me/calendarView?startDateTime=2026-03-01&endDateTime=2026-04-01&$skip=1`
    const first = { value: [], '@odata.nextLink': link }
    microsoft.faults.add(VIEW, { kind: 'answer', status: 200, body: first })
    microsoft.faults.add(VIEW, fault, { when: ({ query }) => query.has('$skip') })
    expect(await faultOf(impatient.read(access, march))).toMatchObject({ kind: 'RETRY' })
    expect(microsoft.faults.pending()).toBe(0)
    expect((await calendar.read(access, march)).busy).toHaveLength(1)
  })

  it('F23: fails when nobody listens', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    await microsoft.close()
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
  })

  it('F23: fails when the zone cannot be had', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    microsoft.faults.add('GET /v1.0/me/mailboxSettings', { kind: 'html' })
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
  })

  it('F23: fails when our own events cannot be had, or not all of them', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    await calendar.writeEvent(access, meetingEvent())
    const elsewhere = await startElsewhere()
    const link = `${elsewhere.origin}/v1.0/me/events?$skip=1`
    const page: Fault = { kind: 'answer', status: 200, body: { value: [], '@odata.nextLink': link } }
    for (const fault of [page, { kind: 'html' }] satisfies Fault[]) {
      microsoft.faults.add('GET /v1.0/me/events', fault)
      expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
    }
    expect(elsewhere.requests).toEqual([])
    expect((await calendar.read(access, march)).own).toHaveLength(1)
  })

  it('F40: ends in the time that there is for it, wherever it waits', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    microsoft.faults.add(ANY, { kind: 'hang' }, always)
    // The second one and the third wait for a place, the fourth for a token.
    const readings = [1, 2, 3].map(() => faultOf(calendar.read(access, march, { deadlineMs: 200 })))
    const withoutToken = { ...access, token: () => new Promise<string>(() => {}) }
    readings.push(faultOf(calendar.read(withoutToken, march, { deadlineMs: 200 })))
    for (const fault of await Promise.all(readings)) expect(fault).toMatchObject({ kind: 'RETRY' })
    microsoft.faults.clear()
    expect(await calendar.read(access, march, { deadlineMs: 20_000 })).toMatchObject({ busy: [] })
    await calendar.writeEvent(access, meetingEvent())
    microsoft.faults.add('GET /v1.0/me/events', { kind: 'hang' })
    const late = faultOf(calendar.read(access, march, { deadlineMs: 200 }))
    expect(await late).toMatchObject({ kind: 'RETRY' })
  })

  it('F24: needs the agent when the calendar is gone', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    agent.deleteCalendar()
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'CALENDAR_GONE' })
    expect(await faultOf(calendar.writeEvent(access, meetingEvent()))).toMatchObject({
      kind: 'CALENDAR_GONE',
    })
  })

  it('F34: needs the agent, and says why, when there is no mailbox', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    agent.disableMailbox()
    const fault = await faultOf(calendar.read(access, march))
    expect(fault).toMatchObject({ kind: 'NO_MAILBOX', message: expect.stringContaining('no mailbox') })
  })

  it('F6: needs the agent when the permission is too small', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const { accessToken } = microsoft.tokensFor(agent.email, ['Calendars.Read', 'MailboxSettings.Read'])
    const small = { ...access, token: async () => accessToken }
    await calendar.read(small, march)
    const fault = await faultOf(calendar.writeEvent(small, meetingEvent()))
    expect(fault).toMatchObject({ kind: 'REAUTHENTICATE' })
  })

  it('tells of no event in its faults', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const error = { code: 'ErrorInternalServerError', message: 'Cannot read “Merger”.' }
    microsoft.faults.add(VIEW, { kind: 'answer', status: 500, body: { error } })
    const { message } = await faultOf(calendar.read(access, march))
    expect(message).toContain('500 ErrorInternalServerError')
    expect(message).not.toContain('Merger')
  })
})

describe('a token', () => {
  it('is renewed once when it is not accepted any more', async () => {
    const { clock, calendar, access } = await startMicrosoftCalendar()
    clock.advance(2 * HOUR)
    await calendar.findEvent(access, 'AAkA')
    expect(access.renewals).toBe(1)
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    clock.advance(2 * HOUR)
    await calendar.removeEvent(access, { eventId, invites: true, comment: '' })
    expect(access.renewals).toBe(2)
  })

  it('is taken from a request beside this one that has had it renewed', async () => {
    const { microsoft, clock, calendar, access } = await startMicrosoftCalendar()
    const late = Promise.withResolvers<void>()
    clock.advance(2 * HOUR)
    microsoft.faults.add('GET /v1.0/me/events/late', { kind: 'delay', until: late.promise })
    const waiting = calendar.findEvent(access, 'late')
    await expect.poll(() => microsoft.log.count('GET /v1.0/me/events/late')).toBe(1)
    await calendar.findEvent(access, 'early')
    late.resolve()
    expect(await waiting).toBeNull()
    expect(access.renewals).toBe(1)
  })

  it('F2: that is refused when it is new says nothing: only the renewal does', async () => {
    const { calendar, access } = await startMicrosoftCalendar()
    const refused = { ...access, token: async () => 'nonsense' }
    expect(await faultOf(calendar.read(refused, march))).toMatchObject({ kind: 'RETRY' })
  })

  it('goes to no next page that is elsewhere', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const elsewhere = await startElsewhere()
    for (const link of [
      `${elsewhere.origin}/v1.0/me/calendarView?$skip=1`,
      `${microsoft.origin}/beta/me/calendarView?$skip=1`,
      '/v1.0/me/calendarView?$skip=1',
    ]) {
      const body = { value: [], '@odata.nextLink': link }
      microsoft.faults.add(VIEW, { kind: 'answer', status: 200, body })
      expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
    }
    expect(elsewhere.requests).toEqual([])
    expect(microsoft.log.count(VIEW)).toBe(3)
  })

  it('follows no redirection', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const elsewhere = await startElsewhere()
    const headers = { location: `${elsewhere.origin}/v1.0/me/calendarView` }
    microsoft.faults.add(VIEW, { kind: 'answer', status: 307, headers })
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
    expect(elsewhere.requests).toEqual([])
  })
})

describe('too many requests', () => {
  it('F33: are waited out as long as Microsoft says, by the caller', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const body = { error: { code: 'ApplicationThrottled', message: 'MailboxConcurrency' } }
    const throttled: Fault = { kind: 'answer', status: 429, headers: { 'retry-after': '17' }, body }
    microsoft.faults.add('GET /v1.0/me/events', throttled)
    const fault = await faultOf(calendar.writeEvent(access, meetingEvent()))
    expect(fault).toMatchObject({ kind: 'RETRY', retryAfterMs: 17_000 })
    // Microsoft's client would have tried again by itself.
    expect(microsoft.log.all).toHaveLength(1)
  })

  it('F33: are not made: three at a time for one mailbox, the others wait', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const other = microsoft.addAccount({ email: 'bea@agents.example' })
    const gate = Promise.withResolvers<void>()
    microsoft.faults.add(ANY, { kind: 'delay', until: gate.promise }, { times: 6 })
    const accesses = [access, accessTo(microsoft, other.email)]
    const readings = accesses.flatMap((one) => [1, 2, 3, 4, 5].map(() => calendar.read(one, march)))
    await expect.poll(() => microsoft.log.inFlight()).toBe(6)
    gate.resolve()
    expect(await Promise.all(readings)).toHaveLength(10)
    for (const { email } of [agent, other]) expect(microsoft.log.mostInFlight(email)).toBe(3)
  })
})
