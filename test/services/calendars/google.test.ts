// Reading a Google calendar: what is busy, what is ours, and that nothing unknown is taken for free.
import { describe, expect, it } from 'vitest'
import { eventually } from '../../kit/eventually.ts'
import { accessTo, asWritten, faultOf, meetingEvent, startGoogleCalendar } from '../../kit/google-calendar.ts'

const at = (instant: string) => Date.parse(instant)
const march = { start: at('2026-03-01T00:00Z'), end: at('2026-04-01T00:00Z') }
const LIST = 'GET /calendar/v3/calendars/primary/events'

describe('busy time', () => {
  it('F19: is what keeps the agent from a meeting', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const hour = (start: string, more: object = {}) =>
      agent.createEvent({ start: `2026-03-10T${start}:00Z`, summary: 'Private', ...more })
    const dentist = hour('08:00')
    hour('09:00', { transparency: 'transparent' })
    hour('10:00', { eventType: 'workingLocation' })
    const away = hour('11:00', { eventType: 'outOfOffice' })
    const maybe = hour('12:00', { status: 'tentative' })
    const invited = hour('13:00', {
      organizer: { email: 'boss@agents.example' },
      attendees: [{ email: agent.email }, { email: 'boss@agents.example', responseStatus: 'accepted' }],
    })
    const { busy, own } = await calendar.read(access, march)
    const interval = (hours: number) => ({
      start: at('2026-03-10T00:00Z') + hours * 3_600_000,
      end: at('2026-03-10T01:00Z') + hours * 3_600_000,
    })
    expect(busy.sort((one, other) => one.start - other.start)).toEqual([
      { eventId: dentist, ...interval(8) },
      { eventId: away, ...interval(11) },
      { eventId: maybe, ...interval(12) },
      { eventId: invited, ...interval(13) },
    ])
    expect(own).toEqual([])
    // F20
    agent.declineEvent(invited)
    const { busy: later } = await calendar.read(access, march)
    expect(later.map(({ eventId }) => eventId)).not.toContain(invited)
  })

  it('F14: is read from all pages, those that are empty too', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    google.behaviour.lists = { pageSize: 2, emptyPages: true }
    const ids = [10, 11, 12, 13, 14].map((day) => agent.createEvent({ start: `2026-03-${day}T16:00:00Z` }))
    const { busy } = await calendar.read(access, march)
    expect(busy.map(({ eventId }) => eventId).sort()).toEqual(ids.sort())
  })

  it('F16: has the occurrences of a series, those that were moved where they are now', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const recurrence = ['RRULE:FREQ=WEEKLY;COUNT=4']
    const series = agent.createEvent({ start: '2026-03-03T16:00:00Z', recurrence })
    agent.moveEvent(agent.occurrenceId(series, '2026-03-10T16:00:00Z'), { start: '2026-03-11T09:00:00Z' })
    agent.deleteEvent(agent.occurrenceId(series, '2026-03-17T16:00:00Z'))
    const { busy } = await calendar.read(access, march)
    expect(busy.map(({ start }) => start).sort()).toEqual(
      [at('2026-03-03T16:00Z'), at('2026-03-11T09:00Z'), at('2026-03-24T16:00Z')].sort(),
    )
    expect(new Set(busy.map(({ eventId }) => eventId)).size).toBe(3)
  })

  it('F18: of whole days goes by the zone that the calendar has now', async () => {
    const { agent, calendar, access } = await startGoogleCalendar({ timeZone: 'America/Los_Angeles' })
    agent.createEvent({ start: '2026-03-10', transparency: 'opaque' })
    agent.createEvent({ start: '2026-03-12' })
    const { busy, timeZone } = await calendar.read(access, march)
    expect(timeZone).toBe('America/Los_Angeles')
    expect(busy).toMatchObject([{ start: at('2026-03-10T07:00Z'), end: at('2026-03-11T07:00Z') }])
    agent.changeTimeZone('Pacific/Auckland')
    const moved = await calendar.read(access, march)
    expect(moved.timeZone).toBe('Pacific/Auckland')
    expect(moved.busy).toMatchObject([{ start: at('2026-03-09T11:00Z'), end: at('2026-03-10T11:00Z') }])
  })

  it('F17: of 200 days is what it is of each of them', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    agent.createEvent({ start: '2026-03-10T16:00:00Z', recurrence: ['RRULE:FREQ=DAILY;COUNT=190'] })
    const { busy } = await calendar.read(access, { start: march.start, end: march.start + 200 * 86_400_000 })
    expect(busy).toHaveLength(190)
  })

  it('takes at most three requests for 60 days with 300 events and 20 of ours', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    for (let day = 0; day < 60; day++) {
      for (const hour of ['08', '10', '12', '14', '16']) {
        const date = new Date(march.start + day * 86_400_000).toISOString().slice(0, 10)
        agent.createEvent({ start: `${date}T${hour}:00:00Z` })
      }
    }
    for (let index = 0; index < 20; index++) await calendar.writeEvent(access, meetingEvent())
    google.log.clear()
    const { busy, own } = await calendar.read(access, {
      start: march.start,
      end: march.start + 60 * 86_400_000,
    })
    expect([busy.length, own.length]).toEqual([300, 20])
    expect(google.log.all.length).toBeLessThanOrEqual(3)
  })

  it('F39: is all that is asked of the events of others', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    await calendar.writeEvent(access, meetingEvent())
    google.log.clear()
    await calendar.read(access, march)
    const [all, ours] = google.log.of(LIST)
    expect(all?.query.get('fields')).toBe(
      'timeZone,nextPageToken,items(id,status,start,end,transparency,eventType,' +
        'attendees(self,responseStatus),extendedProperties/private)',
    )
    expect(ours?.query.get('privateExtendedProperty')).toBe('switchboard=meeting')
    expect(ours?.query.get('fields')).not.toMatch(/summary|description|location|displayName/)
  })
})

describe('our own events', () => {
  it('are told apart from the rest, and from copies of them', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const event = meetingEvent()
    const written = await calendar.writeEvent(access, event)
    const { extendedProperties, summary } = agent.event(written.eventId)!
    const copy = agent.createEvent({ summary, extendedProperties, start: '2026-03-12T16:00:00Z' })
    await calendar.findEvent(access, written.eventId)
    const { busy, own } = await calendar.read(access, march)
    expect(busy.map(({ eventId }) => eventId)).toEqual([copy])
    expect(own).toMatchObject([
      {
        ...asWritten(event, written.eventId),
        conferenceUrl: expect.stringContaining('https://meet.google.com/'),
      },
    ])
  })

  it('are where the agent has moved them, and said no to', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    agent.moveEvent(eventId, { start: '2026-03-11T09:00:00Z', end: '2026-03-11T09:30:00Z' })
    agent.removeAttendee(eventId, 'vera@customer.example')
    const moved = { start: at('2026-03-11T09:00Z'), end: at('2026-03-11T09:30Z'), visitorInvited: false }
    expect((await calendar.read(access, march)).own).toMatchObject([{ eventId, state: 'STANDS', ...moved }])
    agent.declineEvent(eventId)
    expect((await calendar.read(access, march)).own).toMatchObject([{ eventId, state: 'DECLINED' }])
    agent.deleteEvent(eventId)
    expect((await calendar.read(access, march)).own).toEqual([])
  })
})

describe('a calendar that cannot be read', () => {
  it.each([
    ['an answer that is cut off', { kind: 'truncate' }],
    ['a connection that is cut', { kind: 'drop' }],
    ['a page instead of an answer', { kind: 'html', status: 200 }],
    ['a page that says not found', { kind: 'html', status: 404 }],
    ['an answer that never comes', { kind: 'hang' }],
    ['an empty answer', { kind: 'answer', status: 200 }],
    ['an answer that is no list', { kind: 'answer', status: 200, body: {} }],
    ['a fault of the server', { kind: 'answer', status: 500 }],
  ] as const)('F23: fails as a whole with %s, and is not asked again', async (_, fault) => {
    const { google, agent, impatient, access } = await startGoogleCalendar()
    google.behaviour.lists.pageSize = 1
    for (const day of [10, 11, 12]) agent.createEvent({ start: `2026-03-${day}T16:00:00Z` })
    google.faults.add(LIST, fault, { when: ({ query }) => query.has('pageToken') })
    expect(await faultOf(impatient.read(access, march))).toMatchObject({ kind: 'RETRY' })
    expect(google.log.count(LIST)).toBe(2)
  })

  it('F23: fails when nobody is there', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    await google.close()
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
  })

  it('fails when its deadline has passed, and waits no longer for anything', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    google.faults.add(LIST, { kind: 'hang' }, { times: Number.POSITIVE_INFINITY })
    const reads = Array.from({ length: 5 }, () => calendar.read(access, march, { deadlineMs: 200 }))
    for (const read of reads) expect(await faultOf(read)).toMatchObject({ kind: 'RETRY' })
    await eventually(() => expect(google.log.inFlight()).toBe(0))
    google.faults.clear()
    await expect(calendar.read(access, march)).resolves.toMatchObject({ busy: [] })
  })

  it('F24: has to be connected again when it is not there any more', async () => {
    const { agent, calendar, access } = await startGoogleCalendar()
    const event = meetingEvent()
    const { eventId } = await calendar.writeEvent(access, event)
    agent.deleteCalendar()
    const gone = { kind: 'CALENDAR_GONE', message: expect.stringContaining('no longer exists') }
    expect(await faultOf(calendar.read(access, march))).toMatchObject(gone)
    expect(await faultOf(calendar.findEvent(access, eventId))).toMatchObject(gone)
    expect(await faultOf(calendar.writeEvent(access, event))).toMatchObject(gone)
    expect(
      await faultOf(calendar.writeEvent(access, { ...event, revision: 2, written: { eventId } })),
    ).toMatchObject(gone)
  })

  it('F33: says how long to wait where there were too many requests', async () => {
    const { google, calendar, access } = await startGoogleCalendar()
    google.faults.add(LIST, { kind: 'answer', status: 429, headers: { 'retry-after': '17' } })
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY', retryAfterMs: 17_000 })
    google.behaviour.requestsPerMinute = 1
    expect(await faultOf(calendar.read(access, march))).toMatchObject({ kind: 'RETRY' })
    expect(google.log.count(LIST)).toBe(2)
  })
})

describe('requests', () => {
  it('F33: are at most three at a time for one mailbox', async () => {
    const { google, agent, calendar, access } = await startGoogleCalendar()
    const other = google.addAccount({ email: 'bob@agents.example' })
    const gate = Promise.withResolvers<void>()
    google.faults.add(LIST, { kind: 'delay', until: gate.promise }, { times: 6 })
    const accesses = [access, accessTo(google, other.email)]
    const reads = accesses.flatMap((one) => Array.from({ length: 8 }, () => calendar.read(one, march)))
    await eventually(() => expect(google.log.inFlight()).toBe(6))
    gate.resolve()
    await Promise.all(reads)
    expect(google.log.mostInFlight(agent.email)).toBe(3)
    expect(google.log.mostInFlight(other.email)).toBe(3)
    expect(google.log.count(LIST)).toBe(16)
  })
})
