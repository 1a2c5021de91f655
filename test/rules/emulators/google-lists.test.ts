// `events.list` of the emulated Google: windows, filters, pages, series and sync tokens.
import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js'
import { describe, expect, it } from 'vitest'
import { DAY } from '../../kit/clock.ts'
import { connect, refusalOf, useScene } from './google-scene.ts'

const scene = useScene()
type ListQuery = calendar_v3.Params$Resource$Events$List

const ask = async (query: ListQuery = {}) =>
  (await scene.calendar.events.list({ calendarId: 'primary', ...query })).data
const list = async (query: ListQuery = {}) => (await ask(query)).items ?? []
const names = async (query: ListQuery = {}) => (await list(query)).map(({ summary }) => summary)
const create = (summary: string, start: string, more: object = {}) =>
  scene.agent.createEvent({ summary, start, ...more })
const MARCH = { timeMin: '2030-03-01T00:00:00Z', timeMax: '2030-04-01T00:00:00Z' }
const SERIES = {
  recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'],
  start: { dateTime: '2030-03-04T09:00:00', timeZone: 'America/New_York' },
}

describe('a list of events', () => {
  it('has the events that overlap the window, ordered by start on request', async () => {
    create('before', '2030-03-04T08:00:00Z', { end: '2030-03-04T09:00:00Z' })
    create('late', '2030-03-04T12:30:00Z')
    create('into', '2030-03-04T08:30:00Z', { end: '2030-03-04T09:30:00Z' })
    create('after', '2030-03-04T13:00:00Z')
    const window = { timeMin: '2030-03-04T09:00:00Z', timeMax: '2030-03-04T13:00:00Z' }
    expect(await names({ ...window, singleEvents: true, orderBy: 'startTime' })).toEqual(['into', 'late'])
    expect(await refusalOf(ask({ orderBy: 'startTime' }))).toBe('400 badRequest')
    const backwards = { timeMin: window.timeMax, timeMax: window.timeMin }
    expect(await refusalOf(ask(backwards))).toBe('400 timeRangeEmpty')
    expect(await refusalOf(ask({ timeMin: '2030-03-04T09:00:00' }))).toBe('400 badRequest')
  })

  it('can be filtered by text, extended properties, event type and iCalUID', async () => {
    create('Focus', '2030-03-04T08:00:00Z', { eventType: 'focusTime' })
    const extendedProperties = { private: { meetingId: 'm=1' }, shared: { team: 'b' } }
    const iCalUID = 'one@product.example'
    create('Ours', '2030-03-05T08:00:00Z', { extendedProperties, iCalUID })
    expect(await names({ privateExtendedProperty: ['meetingId=m=1'] })).toEqual(['Ours'])
    expect(await names({ sharedExtendedProperty: ['team=c'] })).toEqual([])
    expect(await names({ iCalUID })).toEqual(['Ours'])
    expect(await names({ q: 'FOC' })).toEqual(['Focus'])
    expect(await names({ eventTypes: ['focusTime', 'outOfOffice'] })).toEqual(['Focus'])
  })

  it('has pages, which can be empty, and the sync token on the last one', async () => {
    for (const day of ['04', '05', '06']) create(day, `2030-03-${day}T08:00:00Z`)
    scene.google.behaviour.lists.emptyPages = true
    const sizes: number[] = []
    let page = await ask({ maxResults: 2 })
    for (; page.nextPageToken; page = await ask({ maxResults: 2, pageToken: page.nextPageToken })) {
      expect(page.nextSyncToken).toBeUndefined()
      sizes.push(page.items?.length ?? 0)
    }
    expect([...sizes, page.items?.length]).toEqual([2, 0, 1, 0])
    expect(page.nextSyncToken).toEqual(expect.any(String))
  })

  it('has only the fields that were selected', async () => {
    create('One', '2030-03-04T08:00:00Z', { location: 'Here' })
    const fields = 'timeZone,nextPageToken,items(summary,start/dateTime)'
    const start = { dateTime: '2030-03-04T03:00:00-05:00' }
    expect(await ask({ fields })).toEqual({
      timeZone: 'America/New_York',
      items: [{ summary: 'One', start }],
    })
    expect(await refusalOf(ask({ fields: 'items(id' }))).toBe('400 invalid')
  })
})

describe('a series', () => {
  it('is listed as one event, or as its occurrences with exceptions in their places', async () => {
    const id = create('Weekly', '', SERIES)
    const second = scene.agent.occurrenceId(id, '2030-03-11T13:00:00Z')
    scene.agent.moveEvent(second, { start: '2030-03-12T15:00:00Z' })
    scene.agent.deleteEvent(scene.agent.occurrenceId(id, '2030-03-18T13:00:00Z'))
    const occurrences = await list({ ...MARCH, singleEvents: true, orderBy: 'startTime' })
    expect(occurrences.map(({ start }) => start?.dateTime)).toEqual([
      '2030-03-04T09:00:00-05:00',
      '2030-03-12T11:00:00-04:00',
    ])
    expect(occurrences[1]).toMatchObject({
      id: second,
      recurringEventId: id,
      originalStartTime: { dateTime: '2030-03-11T09:00:00-04:00' },
    })
    const whole = await list(MARCH)
    expect(whole.map((event) => [event.status, !!event.recurrence, !!event.recurringEventId])).toEqual([
      ['confirmed', true, false],
      ['confirmed', false, true],
      ['cancelled', false, true],
    ])
    const { data } = await scene.calendar.events.instances({ calendarId: 'primary', eventId: id, ...MARCH })
    expect(data.items?.map(({ status }) => status)).toEqual(['confirmed', 'confirmed'])
  })

  it('has occurrences that can be read and patched by their own ids', async () => {
    const id = create('Weekly', '', SERIES)
    const eventId = scene.agent.occurrenceId(id, '2030-03-11T13:00:00Z')
    const one = { calendarId: 'primary', eventId }
    expect((await scene.calendar.events.get(one)).data.recurringEventId).toBe(id)
    await scene.calendar.events.patch({ ...one, requestBody: { summary: 'Special' } })
    expect(await names({ ...MARCH, singleEvents: true })).toEqual(['Weekly', 'Weekly', 'Special'])
    expect(await refusalOf(scene.calendar.events.get({ ...one, eventId: `${id}_20300312T130000Z` }))).toBe(
      '404 notFound',
    )
  })
})

describe('a sync token', () => {
  const since = async (syncToken: string, query: ListQuery = {}) => {
    const { items, nextSyncToken } = await ask({ syncToken, ...query })
    return { changes: (items ?? []).map(({ id, status }) => `${id} ${status}`), next: String(nextSyncToken) }
  }
  const begin = async (query: ListQuery = {}) => String((await ask(query)).nextSyncToken)

  it('lists the changes since the last request, and deleted events by id alone', async () => {
    const [kept, gone] = [create('kept', '2030-03-04T08:00:00Z'), create('gone', '2030-03-05T08:00:00Z')]
    const token = await begin()
    expect((await since(token)).changes).toEqual([])
    scene.agent.deleteEvent(gone)
    scene.agent.editEvent(kept, { summary: 'renamed' })
    const { items } = await ask({ syncToken: token })
    expect(items?.[0]).toEqual({
      kind: 'calendar#event',
      etag: expect.any(String),
      id: gone,
      status: 'cancelled',
    })
    const { changes, next } = await since(token)
    expect(changes).toEqual([`${gone} cancelled`, `${kept} confirmed`])
    expect((await since(next)).changes).toEqual([])
  })

  it('keeps the window of the first request, and expands series', async () => {
    const token = await begin({ ...MARCH, singleEvents: true })
    create('outside', '2030-05-01T08:00:00Z')
    const id = create('Weekly', '', { ...SERIES, recurrence: ['RRULE:FREQ=WEEKLY'] })
    const { changes, next } = await since(token, { singleEvents: true })
    expect(changes).toHaveLength(4)
    scene.agent.editEvent(id, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'] })
    const shorter = await since(next, { singleEvents: true })
    expect(shorter.changes.filter((change) => change.endsWith('cancelled'))).toHaveLength(2)
    scene.agent.deleteEvent(id)
    expect((await since(shorter.next, { singleEvents: true })).changes).toHaveLength(4)
  })

  it.each([
    { timeMin: MARCH.timeMin },
    { timeMax: MARCH.timeMax },
    { q: 'text' },
    { orderBy: 'updated' },
    { iCalUID: 'x' },
    { updatedMin: '2030-03-01T00:00:00Z' },
    { privateExtendedProperty: ['a=b'] },
    { showDeleted: false },
  ])('cannot be combined with %o', async (query) => {
    expect(await refusalOf(ask({ syncToken: await begin(), ...query }))).toBe('400 badRequest')
  })

  it('needs the parameters of the first request', async () => {
    const syncToken = await begin({ singleEvents: true })
    expect(await refusalOf(ask({ syncToken }))).toBe('400 badRequest')
    expect(await refusalOf(ask({ syncToken, singleEvents: true, eventTypes: ['focusTime'] }))).toBe(
      '400 badRequest',
    )
    expect((await since(syncToken, { singleEvents: true })).changes).toEqual([])
  })

  it('can expire', async () => {
    const syncToken = await begin()
    scene.agent.expireSyncTokens()
    const refused = await ask({ syncToken }).catch((error) => error.response)
    const message = 'Sync token is no longer valid, a full sync is required.'
    const place = { locationType: 'parameter', location: 'syncToken' }
    const errors = [{ domain: 'calendar', reason: 'fullSyncRequired', message, ...place }]
    expect([refused.status, refused.data]).toEqual([410, { error: { code: 410, message, errors } }])
    expect(await refusalOf(ask({ syncToken: 'nonsense' }))).toBe('410 fullSyncRequired')
    expect((await since(await begin())).changes).toEqual([])
  })

  it('is not needed with updatedMin, which also expires', async () => {
    const updatedMin = scene.clock.now().toISOString()
    scene.clock.advance(DAY)
    scene.calendar = connect(scene.google)
    const id = create('new', '2030-03-14T08:00:00Z')
    scene.agent.deleteEvent(id)
    expect((await list({ updatedMin })).map((event) => event.id)).toEqual([id])
    scene.clock.advance(40 * DAY)
    scene.calendar = connect(scene.google)
    expect(await refusalOf(ask({ updatedMin }))).toBe('410 updatedMinTooLongAgo')
  })
})
