import { describe, expect, it } from 'vitest'
import type { Recurrence } from '../../emulators/microsoft/model.ts'
import { connect, EMAIL, pathOf, refusalOf, useScene, utc } from './microsoft-scene.ts'

const scene = useScene({ timeZone: 'W. Europe Standard Time' })
const WEEK = { startDateTime: '2030-03-04T00:00:00Z', endDateTime: '2030-03-11T00:00:00Z' }
const WEEKLY: Recurrence = {
  pattern: { type: 'weekly', interval: 1, daysOfWeek: ['monday', 'wednesday'], firstDayOfWeek: 'monday' },
  range: { type: 'noEnd', startDate: '2030-03-04' },
}

interface Shown {
  id: string
  type: string
  subject: string
  start: { dateTime: string; timeZone: string }
  end: { dateTime: string }
}

async function view(window = WEEK, options: { prefer?: string; query?: object } = {}): Promise<Shown[]> {
  const request = scene.graph.api('/me/calendarView').query({ ...window, ...options.query })
  if (options.prefer) request.header('Prefer', options.prefer)
  let page = await request.get()
  const shown = page.value
  while (page['@odata.nextLink']) {
    page = await scene.graph.api(pathOf(page['@odata.nextLink'])).get()
    shown.push(...page.value)
  }
  return shown
}

const starts = (events: Shown[]) => events.map(({ start, type }) => `${type} ${start.dateTime.slice(0, 16)}`)
const createAt = (start: string, end: string) => scene.agent.createEvent({ start, end })

describe('a calendar view', () => {
  it('has pages of ten with absolute links, and single events before occurrences', async () => {
    scene.agent.createEvent({ start: '2030-03-04T09:00', end: '2030-03-04T10:00', recurrence: WEEKLY })
    for (let hour = 10; hour < 21; hour++) createAt(`2030-03-05T${hour}:00:00Z`, `2030-03-05T${hour}:30:00Z`)
    const first = await scene.graph.api('/me/calendarView').query(WEEK).get()
    expect(first.value).toHaveLength(10)
    expect(first['@odata.nextLink']).toContain(`${scene.microsoft.origin}/v1.0/me/calendarView?`)
    const all = await view()
    expect(starts(all).slice(-2)).toEqual(['occurrence 2030-03-04T08:00', 'occurrence 2030-03-06T08:00'])
    expect(await view(WEEK, { query: { $top: 100 } })).toHaveLength(13)
    const inOrder = await view(WEEK, { query: { $orderby: 'start/dateTime' } })
    expect(starts(inOrder)[0]).toBe('occurrence 2030-03-04T08:00')
  })

  it('may have empty pages between others', async () => {
    scene.microsoft.behaviour.emptyPages = true
    for (const hour of [10, 11, 12]) createAt(`2030-03-05T${hour}:00:00Z`, `2030-03-05T${hour}:30:00Z`)
    expect(await view(WEEK, { query: { $top: 2 } })).toHaveLength(3)
    expect(scene.microsoft.log.count('GET /v1.0/me/calendarView')).toBe(3)
  })

  it('shows times in the requested zone, with seven decimals and without an offset', async () => {
    createAt('2030-03-04T09:00:00Z', '2030-03-04T10:00:00Z')
    const [event] = await view(WEEK, {
      prefer: 'outlook.timezone="Pacific Standard Time", IdType="ImmutableId"',
    })
    expect(event?.start).toEqual({
      dateTime: '2030-03-04T01:00:00.0000000',
      timeZone: 'Pacific Standard Time',
    })
    const headers = scene.microsoft.log.of('GET **/calendarView')[0]?.answer?.headers
    expect(headers?.['preference-applied']).toContain('outlook.timezone="Pacific Standard Time"')
  })

  it('shows all-day events from midnight to midnight in any requested zone', async () => {
    scene.agent.createEvent({ start: '2030-03-05', end: '2030-03-06', isAllDay: true, showAs: 'oof' })
    for (const prefer of ['outlook.timezone="UTC"', 'outlook.timezone="New Zealand Standard Time"']) {
      const [day] = await view(WEEK, { prefer })
      expect(day?.start.dateTime).toBe('2030-03-05T00:00:00.0000000')
      expect(day?.end.dateTime).toBe('2030-03-06T00:00:00.0000000')
    }
    // The day is that of Berlin, where the next one has begun at 22:30 UTC.
    expect(
      await view({ startDateTime: '2030-03-04T23:00:00Z', endDateTime: '2030-03-04T23:30:00Z' }),
    ).toHaveLength(1)
    expect(
      await view({ startDateTime: '2030-03-05T23:00:00Z', endDateTime: '2030-03-05T23:30:00Z' }),
    ).toEqual([])
  })

  it('expands series with their exceptions, on the wall clock of their zone', async () => {
    const id = scene.agent.createEvent({
      start: '2030-03-25T09:00',
      end: '2030-03-25T10:00',
      recurrence: WEEKLY,
    })
    scene.agent.moveEvent(scene.agent.occurrenceId(id, '2030-03-27T09:00'), { start: '2030-03-28T15:00' })
    scene.agent.deleteEvent(scene.agent.occurrenceId(id, '2030-04-01T09:00'))
    const window = { startDateTime: '2030-03-25T00:00:00Z', endDateTime: '2030-04-05T00:00:00Z' }
    const shown = await view(window)
    expect(starts(shown)).toEqual([
      'occurrence 2030-03-25T08:00',
      'exception 2030-03-28T14:00',
      'occurrence 2030-04-03T07:00',
    ])
    const moved = await scene.graph.api(`/me/events/${shown[1]?.id}`).get()
    expect(moved).toMatchObject({ type: 'exception', originalStart: '2030-03-27T08:00:00.000Z' })
    const instances = await scene.graph.api(`/me/events/${id}/instances`).query(window).get()
    expect(instances.value).toHaveLength(3)
  })

  it('still has declined and cancelled events, marked as such', async () => {
    const invited = { organizer: 'boss@work.example', start: '2030-03-04T09:00', end: '2030-03-04T10:00' }
    scene.agent.declineEvent(scene.agent.createEvent(invited))
    scene.agent.organizerCancels(scene.agent.createEvent(invited))
    expect(await view()).toMatchObject([
      { isOrganizer: false, responseStatus: { response: 'declined' } },
      { isOrganizer: false, isCancelled: true },
    ])
  })

  it('has only the selected fields, and refuses unknown ones', async () => {
    createAt('2030-03-04T09:00:00Z', '2030-03-04T10:00:00Z')
    const [event] = await view(WEEK, { query: { $select: 'start,showAs' } })
    expect(Object.keys(event ?? {}).sort()).toEqual(['@odata.etag', 'id', 'showAs', 'start'])
    expect(await refusalOf(view(WEEK, { query: { $select: 'nonsense' } }))).toBe(
      '400 RequestBroker--ParseUri',
    )
    expect(await refusalOf(view({ ...WEEK, endDateTime: '2036-03-04T00:00:00Z' }))).toBe(
      '400 ErrorCalendarViewRangeTooBig',
    )
  })
})

describe('a mailbox', () => {
  it('has a zone with a Windows name or an unknown name', async () => {
    const timeZone = async () => (await scene.graph.api('/me/mailboxSettings').get()).timeZone
    expect(await timeZone()).toBe('W. Europe Standard Time')
    scene.agent.changeTimeZone('Customized Time Zone', 'America/Bogota')
    expect(await timeZone()).toBe('Customized Time Zone')
    scene.agent.createEvent({ start: '2030-03-04T09:00', end: '2030-03-04T10:00' })
    expect(await view()).toMatchObject([
      { start: { dateTime: '2030-03-04T14:00:00.0000000' }, originalStartTimeZone: 'Customized Time Zone' },
    ])
  })

  it('may be missing', async () => {
    scene.agent.disableMailbox()
    expect(await refusalOf(scene.graph.api('/me/calendar').get())).toBe('404 MailboxNotEnabledForRESTAPI')
    expect(await refusalOf(scene.graph.api('/me').get())).toBe('accepted')
  })

  it('may lose its calendar', async () => {
    const id = scene.agent.addCalendar('Second')
    scene.agent.createEvent({ start: '2030-03-04T09:00', end: '2030-03-04T10:00', calendarId: id })
    const second = await scene.graph.api(`/me/calendars/${id}/calendarView`).query(WEEK).get()
    expect(second.value).toHaveLength(1)
    expect(await view()).toEqual([])
    scene.agent.deleteCalendar()
    expect(await refusalOf(scene.graph.api('/me/calendar').get())).toBe('404 ErrorItemNotFound')
    expect(await refusalOf(view())).toBe('404 ErrorItemNotFound')
  })
})

describe('a schedule', () => {
  const ask = { startTime: utc('2030-03-04T00:00:00'), endTime: utc('2030-03-05T00:00:00') }

  it('has the busy times of colleagues, but not events marked as working elsewhere', async () => {
    scene.agent.createEvent({ start: '2030-03-04T01:00', end: '2030-03-04T02:00' })
    scene.agent.createEvent({
      start: '2030-03-04T02:00',
      end: '2030-03-04T03:00',
      showAs: 'workingElsewhere',
    })
    const { value } = await scene.graph
      .api('/me/calendar/getSchedule')
      .post({ ...ask, schedules: [EMAIL, 'nobody@work.example'], availabilityViewInterval: 60 })
    expect(value[0].scheduleItems).toHaveLength(1)
    expect(value[0].availabilityView).toBe(`2${'0'.repeat(23)}`)
    expect(value[1].error.responseCode).toBe('ErrorMailRecipientNotFound')
  })

  it('is refused to personal accounts', async () => {
    scene.microsoft.addAccount({ email: 'grace@home.example', kind: 'personal' })
    const graph = connect(scene.microsoft, undefined, 'grace@home.example')
    const call = graph.api('/me/calendar/getSchedule').post({ ...ask, schedules: ['grace@home.example'] })
    expect(await refusalOf(call)).toBe('400 BadRequest')
  })
})
