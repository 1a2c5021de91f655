import { describe, expect, it } from 'vitest'
import { EMAIL, refusalOf, useScene } from './google-scene.ts'

const scene = useScene({ timeZone: 'America/Los_Angeles' })

async function busy(timeMin: string, timeMax: string, ids = ['primary'], timeZone?: string) {
  const items = ids.map((id) => ({ id }))
  const requestBody = { timeMin, timeMax, items, ...(timeZone ? { timeZone } : {}) }
  return (await scene.calendar.freebusy.query({ requestBody })).data.calendars ?? {}
}
const busyInMarch = async () => (await busy('2030-03-01T00:00:00Z', '2030-03-31T00:00:00Z')).primary?.busy
const at = (hour: number) => `2030-03-04T${String(hour).padStart(2, '0')}:00:00Z`
const span = (from: number, to: number) => ({ start: at(from), end: at(to) })

describe('calendars', () => {
  it('are listed with their zones and conference types', async () => {
    const id = scene.agent.addCalendar({ summary: 'Second', timeZone: 'Asia/Tokyo' })
    const { data } = await scene.calendar.calendarList.list()
    expect(data.items).toMatchObject([
      { id: EMAIL, primary: true, timeZone: 'America/Los_Angeles', accessRole: 'owner' },
      { id, summary: 'Second', timeZone: 'Asia/Tokyo' },
    ])
    expect((await scene.calendar.calendars.get({ calendarId: id })).data).toMatchObject({
      timeZone: 'Asia/Tokyo',
      conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
    })
    expect((await scene.calendar.calendarList.get({ calendarId: 'primary' })).data.id).toBe(EMAIL)
    scene.agent.changeTimeZone('Europe/Paris')
    expect((await scene.calendar.settings.get({ setting: 'timezone' })).data.value).toBe('Europe/Paris')
  })

  it('are not found once they are deleted', async () => {
    const id = scene.agent.addCalendar({ summary: 'Second' })
    scene.agent.deleteCalendar(id)
    expect(await refusalOf(scene.calendar.calendars.get({ calendarId: id }))).toBe('404 notFound')
    expect(await refusalOf(scene.calendar.events.list({ calendarId: id }))).toBe('404 notFound')
  })
})

describe('busy times', () => {
  it('are merged, clipped to the window, and shown in the requested zone', async () => {
    for (const [from, to] of [
      [9, 10],
      [10, 11],
      [13, 15],
      [14, 16],
    ] as const) {
      scene.agent.createEvent(span(from, to))
    }
    const calendars = await busy(at(9), at(15))
    expect(calendars.primary).toEqual({ busy: [span(9, 11), span(13, 15)] })
    const inTokyo = await busy(at(9), at(12), ['primary'], 'Asia/Tokyo')
    expect(inTokyo.primary?.busy?.[0]?.start).toBe('2030-03-04T18:00:00+09:00')
  })

  it.each([
    ['one that is free', { transparency: 'transparent' }, false],
    ['one that is cancelled', { status: 'cancelled' }, false],
    ['one that is tentative', { status: 'tentative' }, true],
    ['one that was declined', { attendees: [{ email: EMAIL, responseStatus: 'declined' }] }, false],
    ['one that may be attended', { attendees: [{ email: EMAIL, responseStatus: 'tentative' }] }, true],
    ['one without an answer', { attendees: [{ email: EMAIL, responseStatus: 'needsAction' }] }, true],
    ['one a guest declined', { attendees: [{ email: 'b@x.example', responseStatus: 'declined' }] }, true],
    ['out of office', { eventType: 'outOfOffice' }, true],
    ['focus time', { eventType: 'focusTime' }, true],
    ['a working location', { eventType: 'workingLocation', transparency: 'opaque' }, false],
    ['a birthday', { eventType: 'birthday', transparency: 'opaque' }, false],
    ['one from a mail', { eventType: 'fromGmail' }, true],
    ['one from a mail that is free', { eventType: 'fromGmail', transparency: 'transparent' }, false],
  ])('%s: %o counts as busy: %s', async (_, event, isBusy) => {
    scene.agent.createEvent({ ...span(9, 10), ...event })
    expect(await busyInMarch()).toEqual(isBusy ? [span(9, 10)] : [])
  })

  it('of a whole day follow the calendar’s zone, unless the event is free, which is its default', async () => {
    const id = scene.agent.createEvent({ start: '2030-03-09', end: '2030-03-11' })
    expect(await busyInMarch()).toEqual([])
    scene.agent.setTransparency(id, 'opaque')
    expect(await busyInMarch()).toEqual([{ start: '2030-03-09T08:00:00Z', end: '2030-03-11T07:00:00Z' }])
  })

  it('of a series are those of its occurrences, including moved ones and without cancelled ones', async () => {
    const recurrence = ['RRULE:FREQ=DAILY;COUNT=4', 'EXDATE;TZID=America/Los_Angeles:20300309T090000']
    const start = { dateTime: '2030-03-08T09:00:00', timeZone: 'America/Los_Angeles' }
    const end = { ...start, dateTime: '2030-03-08T10:00:00' }
    const id = scene.agent.createEvent({ start, end, recurrence })
    scene.agent.moveEvent(scene.agent.occurrenceId(id, '2030-03-10T16:00:00Z'), {
      start: '2030-03-10T20:00:00Z',
    })
    scene.agent.deleteEvent(scene.agent.occurrenceId(id, '2030-03-11T16:00:00Z'))
    expect(await busyInMarch()).toEqual([
      { start: '2030-03-08T17:00:00Z', end: '2030-03-08T18:00:00Z' },
      { start: '2030-03-10T20:00:00Z', end: '2030-03-10T21:00:00Z' },
    ])
    scene.agent.deleteEvent(id)
    expect(await busyInMarch()).toEqual([])
  })

  it('of an unreadable calendar are replaced by an error beside those of the others', async () => {
    scene.agent.createEvent(span(9, 10))
    const id = scene.agent.addCalendar({ summary: 'Broken' })
    const broken = scene.agent.calendars().find((calendar) => calendar.id === id)!
    broken.freeBusyError = 'internalError'
    const calendars = await busy(at(0), at(23), ['primary', 'nobody@x.example', id])
    expect(calendars.primary?.busy).toHaveLength(1)
    expect(calendars['nobody@x.example']?.errors).toEqual([{ domain: 'global', reason: 'notFound' }])
    expect(calendars[id]?.errors).toEqual([{ domain: 'global', reason: 'internalError' }])
  })

  it('can be requested for at most 90 days', async () => {
    expect(await refusalOf(busy('2030-01-01T00:00:00Z', '2030-04-01T00:00:00Z'))).toBe('accepted')
    expect(await refusalOf(busy('2030-01-01T00:00:00Z', '2030-04-01T00:00:01Z'))).toBe('400 timeRangeTooLong')
    expect(await refusalOf(busy(at(9), at(9)))).toBe('400 timeRangeEmpty')
  })
})
