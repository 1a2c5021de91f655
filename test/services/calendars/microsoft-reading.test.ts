// Reading an Outlook calendar: what is busy, what is ours, and that nothing is asked for which is not needed.
import { describe, expect, it } from 'vitest'
import { createMicrosoftCalendar } from '../../../src/services/calendars/microsoft/microsoft-calendar.ts'
import { asWritten, meetingEvent } from '../../kit/google-calendar.ts'
import { startMicrosoftCalendar } from '../../kit/microsoft-calendar.ts'

const at = (instant: string) => Date.parse(instant)
const march = { start: at('2026-03-01T00:00Z'), end: at('2026-04-01T00:00Z') }
const VIEW = 'GET /v1.0/me/calendarView'
const OURS = 'GET /v1.0/me/events'
const WEEKLY = {
  pattern: { type: 'weekly' as const, interval: 1, daysOfWeek: ['tuesday'] },
  range: { type: 'numbered' as const, startDate: '2026-03-03', numberOfOccurrences: 4 },
}
const byStart = (one: { start: number }, other: { start: number }) => one.start - other.start

describe('busy time', () => {
  it('F19: is what keeps the agent from a meeting', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const hour = (start: number, more: object = {}) =>
      agent.createEvent({
        start: `2026-03-10T${start}:00:00Z`,
        end: `2026-03-10T${start}:30:00Z`,
        subject: 'Private',
        ...more,
      })
    const boss = { organizer: 'boss@agents.example' }
    const dentist = hour(10)
    hour(11, { showAs: 'free' })
    hour(12, { showAs: 'workingElsewhere' })
    const away = hour(13, { showAs: 'oof' })
    const maybe = hour(14, { showAs: 'tentative' })
    const invited = hour(15, boss)
    agent.organizerCancels(hour(16, boss))
    const { busy, own } = await calendar.read(access, march)
    const interval = (start: number) => ({
      start: at(`2026-03-10T${start}:00Z`),
      end: at(`2026-03-10T${start}:30Z`),
    })
    expect(busy.sort(byStart)).toEqual([
      { eventId: dentist, ...interval(10) },
      { eventId: away, ...interval(13) },
      { eventId: maybe, ...interval(14) },
      { eventId: invited, ...interval(15) },
    ])
    expect(own).toEqual([])
    // F20
    agent.declineEvent(invited)
    const { busy: later } = await calendar.read(access, march)
    expect(later.map(({ eventId }) => eventId)).not.toContain(invited)
  })

  it('F14: is read from all pages, those that are empty too', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    microsoft.behaviour.emptyPages = true
    const ids = Array.from({ length: 520 }, (_, index) => {
      const start = new Date(march.start + index * 1_800_000).toISOString()
      return agent.createEvent({ start, end: new Date(Date.parse(start) + 900_000).toISOString() })
    })
    const { busy } = await calendar.read(access, march)
    expect(busy.map(({ eventId }) => eventId).sort()).toEqual(ids.sort())
  })

  it('F15: has the occurrences of a series, those that were moved where they are now', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const time = { start: '2026-03-03T16:00:00Z', end: '2026-03-03T16:30:00Z' }
    const series = agent.createEvent({ ...time, recurrence: WEEKLY })
    agent.moveEvent(agent.occurrenceId(series, '2026-03-10T16:00:00Z'), { start: '2026-03-11T09:00:00Z' })
    agent.deleteEvent(agent.occurrenceId(series, '2026-03-17T16:00:00Z'))
    const { busy } = await calendar.read(access, march)
    expect(busy.sort(byStart)).toMatchObject([
      { start: at('2026-03-03T16:00Z'), end: at('2026-03-03T16:30Z') },
      { start: at('2026-03-11T09:00Z'), end: at('2026-03-11T09:30Z') },
      { start: at('2026-03-24T16:00Z'), end: at('2026-03-24T16:30Z') },
    ])
    expect(new Set(busy.map(({ eventId }) => eventId)).size).toBe(3)
  })

  it.each([
    ['Pacific Standard Time', 'America/Los_Angeles', '2026-03-10T07:00Z', '2026-03-11T07:00Z'],
    ['New Zealand Standard Time', 'Pacific/Auckland', '2026-03-09T11:00Z', '2026-03-10T11:00Z'],
    ['UTC', 'UTC', '2026-03-10T00:00Z', '2026-03-11T00:00Z'],
  ])('F18: of a whole day is that day in the mailbox’s zone: %s', async (timeZone, zone, start, end) => {
    const { agent, calendar, access } = await startMicrosoftCalendar({ timeZone })
    agent.createEvent({ start: '2026-03-10', end: '2026-03-11', isAllDay: true })
    agent.createEvent({ start: '2026-03-12', end: '2026-03-13', isAllDay: true, showAs: 'free' })
    const reading = await calendar.read(access, march)
    expect(reading).toMatchObject({ timeZone: zone, busy: [{ start: at(start), end: at(end) }] })
    expect(reading.busy).toHaveLength(1)
    // Of windows of an hour, those at its ends have it, and those that adjoin them have it not.
    const hour = 3_600_000
    for (const [from, count] of [
      [at(start) - hour, 0],
      [at(start), 1],
      [at(end) - hour, 1],
      [at(end), 0],
    ] as const) {
      const { busy } = await calendar.read(access, { start: from, end: from + hour })
      expect([from, busy.length]).toEqual([from, count])
    }
  })

  it('F18: is looked for a day around, where whole days may be filed, and told of the window only', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    agent.createEvent({ start: '2026-02-28T10:00:00Z', end: '2026-02-28T11:00:00Z' })
    expect(await calendar.read(access, march)).toMatchObject({ busy: [] })
    const { query } = microsoft.log.of(VIEW)[0]!
    expect(Date.parse(query.get('startDateTime')!)).toBeLessThanOrEqual(at('2026-02-28T00:00Z'))
    expect(Date.parse(query.get('endDateTime')!)).toBeGreaterThanOrEqual(at('2026-04-02T00:00Z'))
  })

  it.each([
    ['Mexico Standard Time', 'America/Mexico_City'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['Asia/Tokyo', 'Asia/Tokyo'],
    ['Customized Time Zone', 'Europe/Berlin'],
    ['tzone://Microsoft/Custom', 'Europe/Berlin'],
  ])('F21: is right whatever the mailbox calls its zone: %s', async (timeZone, zone) => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    agent.changeTimeZone(timeZone, zone)
    agent.createEvent({ start: '2026-03-10T16:00:00Z', end: '2026-03-10T17:00:00Z', timeZone })
    const reading = await calendar.read(access, march)
    expect(reading.timeZone).toBe(zone)
    expect(reading.busy).toMatchObject([{ start: at('2026-03-10T16:00Z'), end: at('2026-03-10T17:00Z') }])
  })
})

describe('reading', () => {
  it('takes three requests for 60 days with 300 events and 20 of ours, also after a start', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    for (let index = 0; index < 300; index++) {
      const start = march.start + index * 4 * 3_600_000
      const [from, to] = [start, start + 3_600_000].map((instant) => new Date(instant).toISOString())
      agent.createEvent({ start: from!, end: to! })
    }
    const sixtyDays = { ...march, end: march.start + 60 * 86_400_000 }
    microsoft.log.clear()
    expect((await calendar.read(access, sixtyDays)).busy).toHaveLength(300)
    expect(microsoft.log.all).toHaveLength(2)
    for (let index = 0; index < 20; index++) await calendar.writeEvent(access, meetingEvent())
    microsoft.log.clear()
    const started = createMicrosoftCalendar({ graphUrl: microsoft.origin })
    const { busy, own } = await started.read(access, sixtyDays)
    expect([busy.length, own.length]).toEqual([300, 20])
    expect(microsoft.log.all).toHaveLength(3)
  })

  it('F39: never asks what an event of somebody else is about, nor who is invited', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const secret = {
      subject: 'Merger',
      body: 'Secret',
      location: 'Room 7',
      attendees: ['rival@firm.example'],
    }
    agent.createEvent({ start: '2026-03-10T10:00:00Z', end: '2026-03-10T11:00:00Z', ...secret })
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    microsoft.log.clear()
    const reading = await calendar.read(access, march)
    expect(reading.busy).toHaveLength(1)
    const answers = microsoft.log.all.map(({ answer }) => JSON.stringify(answer?.body))
    expect(answers.join()).not.toMatch(/Merger|Secret|Room 7|rival/)
    const { query } = microsoft.log.of(VIEW)[0]!
    expect(query.get('$select')).not.toMatch(/subject|body|attendees|organizer|location|onlineMeeting/i)
    // Who is invited is asked of our own event alone.
    const asked = microsoft.log.all.filter((request) => request.query.get('$select')?.includes('attendees'))
    expect(asked.map(({ answer }) => answer?.body)).toMatchObject([{ value: [{ id: eventId }] }])
  })

  it('asks for our own events of the window only', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    const past = { startsAt: new Date('2026-01-10T16:00:00Z'), endsAt: new Date('2026-01-10T16:30:00Z') }
    await calendar.writeEvent(access, meetingEvent(past))
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    microsoft.log.clear()
    expect((await calendar.read(access, march)).own).toMatchObject([{ eventId }])
    expect(microsoft.log.of(OURS)[0]?.answer?.body).toMatchObject({ value: [{ id: eventId }] })
    // A mailbox that takes no times beside the mark is asked for the mark alone.
    const error = { code: 'ErrorInvalidUrlQueryFilter', message: 'The query filter is invalid.' }
    microsoft.faults.add(OURS, { kind: 'answer', status: 400, body: { error } })
    expect((await calendar.read(access, march)).own).toMatchObject([{ eventId }])
  })
})

describe('our own events', () => {
  it('are not busy, and are shown as the calendar has them', async () => {
    const { calendar, access } = await startMicrosoftCalendar()
    const event = meetingEvent()
    const { eventId, version, conferenceUrl } = await calendar.writeEvent(access, event)
    const shown = { ...asWritten(event, eventId), version, conferenceUrl }
    expect(await calendar.read(access, march)).toMatchObject({ busy: [], own: [shown] })
    expect(await calendar.findEvent(access, eventId)).toEqual(shown)
  })

  it('F31: are looked at again until their link is there', async () => {
    const { microsoft, calendar, access } = await startMicrosoftCalendar()
    microsoft.behaviour.joinUrlAfterReads = 1
    await calendar.writeEvent(access, meetingEvent())
    expect((await calendar.read(access, march)).own).toMatchObject([{ conferenceUrl: null }])
    expect((await calendar.read(access, march)).own[0]?.conferenceUrl).toContain('https://teams.')
  })

  it('F10, F11: are where the agent has moved them, in another version', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId, version } = await calendar.writeEvent(access, meetingEvent())
    agent.moveEvent(eventId, { start: '2026-03-12T09:00:00Z' })
    const { own } = await calendar.read(access, march)
    expect(own).toMatchObject([{ start: at('2026-03-12T09:00Z'), end: at('2026-03-12T09:30Z') }])
    expect(own[0]?.version).not.toBe(version)
  })

  it('F9: are gone when the agent has deleted them', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    agent.deleteEvent(eventId)
    expect(await calendar.read(access, march)).toMatchObject({ busy: [], own: [] })
    expect(await calendar.findEvent(access, eventId)).toBeNull()
  })

  it('F9: are gone when the agent deletes them while the calendar is read', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    const deleted = Promise.withResolvers<void>()
    microsoft.faults.add(OURS, { kind: 'delay', until: deleted.promise })
    microsoft.log.clear()
    const reading = calendar.read(access, march)
    await expect.poll(() => microsoft.log.count(OURS)).toBe(1)
    agent.deleteEvent(eventId)
    deleted.resolve()
    expect(await reading).toMatchObject({ busy: [], own: [] })
  })

  it('F9: are deleted when they can be found among the deleted items only', async () => {
    const { microsoft, agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    await calendar.findEvent(access, eventId)
    const body = microsoft.log.of('GET /v1.0/me/events/*')[0]?.answer?.body
    agent.deleteEvent(eventId)
    microsoft.faults.add('GET /v1.0/me/events/*', { kind: 'answer', status: 200, body })
    expect(await calendar.findEvent(access, eventId)).toMatchObject({ eventId, state: 'DELETED' })
  })

  it('are without the visitor whom the agent has taken off', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    agent.removeAttendee(eventId, 'vera@customer.example')
    expect((await calendar.read(access, march)).own).toMatchObject([{ eventId, visitorInvited: false }])
  })

  it('are declined when the agent has said no', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    agent.respond(eventId, 'declined')
    expect(await calendar.read(access, march)).toMatchObject({ busy: [], own: [{ state: 'DECLINED' }] })
  })

  it('do not include a copy that the agent has made: that is busy', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const { eventId } = await calendar.writeEvent(access, meetingEvent())
    const copy = agent.createEvent({ start: '2026-03-13T09:00:00Z', end: '2026-03-13T09:30:00Z' })
    const extendedProperties = agent.event(eventId)!.extendedProperties
    Object.assign(agent.events().find(({ id }) => id === copy)!, { extendedProperties })
    const { busy, own } = await calendar.read(access, march)
    expect(busy).toMatchObject([{ eventId: copy }])
    expect(own).toMatchObject([{ eventId }])
  })

  it('are not those of somebody else', async () => {
    const { agent, calendar, access } = await startMicrosoftCalendar()
    const foreign = agent.createEvent({ start: '2026-03-13T09:00:00Z', end: '2026-03-13T09:30:00Z' })
    expect(await calendar.findEvent(access, foreign)).toBeNull()
  })
})
