import { describe, expect, it } from 'vitest'
import { EMAIL, refusalOf, useScene } from './google-scene.ts'

const scene = useScene()
const ID = 'a1b2c3d4e5'
const NINE = { dateTime: '2030-03-04T09:00:00-05:00' }
const TEN = { dateTime: '2030-03-04T10:00:00-05:00' }
const ELEVEN = { dateTime: '2030-03-04T11:00:00-05:00' }
const GUEST = 'grace@client.example'
const IN_PRIMARY = { calendarId: 'primary' } as const
const OURS = { ...IN_PRIMARY, eventId: ID }

async function insert(body: object = {}, query: object = {}) {
  const requestBody = { id: ID, summary: 'Demo', start: NINE, end: TEN, ...body }
  const { data } = await scene.calendar.events.insert({ ...IN_PRIMARY, ...query, requestBody })
  return data
}
const read = async (eventId = ID) => (await scene.calendar.events.get({ ...IN_PRIMARY, eventId })).data
const patch = async (requestBody: object, query: object = {}) =>
  (await scene.calendar.events.patch({ ...OURS, ...query, requestBody })).data

describe('an event', () => {
  it('is stored, and shown in the calendar’s zone', async () => {
    await insert({ start: { dateTime: '2030-03-04T14:00:00Z' }, attendees: [{ email: GUEST }] })
    expect(await read()).toMatchObject({
      kind: 'calendar#event',
      id: ID,
      status: 'confirmed',
      summary: 'Demo',
      iCalUID: `${ID}@google.com`,
      sequence: 0,
      start: { dateTime: '2030-03-04T09:00:00-05:00', timeZone: 'America/New_York' },
      organizer: { email: EMAIL, self: true },
      attendees: [{ email: GUEST, responseStatus: 'needsAction' }],
      eventType: 'default',
    })
    const inBerlin = await scene.calendar.events.get({ ...OURS, timeZone: 'Europe/Berlin' })
    expect(inBerlin.data.start?.dateTime).toBe('2030-03-04T15:00:00+01:00')
  })

  it('has an id that cannot be used again, even after it was deleted', async () => {
    await insert()
    expect(await refusalOf(insert())).toBe('409 duplicate')
    await scene.calendar.events.delete(OURS)
    expect(await refusalOf(insert())).toBe('409 duplicate')
    expect(await read()).toMatchObject({ id: ID, status: 'cancelled', summary: 'Demo' })
    expect(await refusalOf(insert({ id: 'with-dashes-and-z' }))).toBe('400 invalid')
    scene.agent.forgetDeleted()
    expect(await refusalOf(read())).toBe('404 notFound')
  })

  it('can be deleted only once', async () => {
    await insert()
    await scene.calendar.events.delete(OURS)
    expect(await refusalOf(scene.calendar.events.delete(OURS))).toBe('410 deleted')
    expect(await refusalOf(scene.calendar.events.delete({ ...OURS, eventId: 'unknown' }))).toBe(
      '404 notFound',
    )
  })

  it('is refused without times, with reversed times, and without an offset or a zone', async () => {
    expect(await refusalOf(insert({ end: undefined }))).toBe('400 badRequest')
    expect(await refusalOf(insert({ end: { dateTime: '2030-03-04T08:00:00-05:00' } }))).toBe(
      '400 timeRangeEmpty',
    )
    expect(await refusalOf(insert({ end: { date: '2030-03-05' } }))).toBe('400 invalid')
    const local = { start: { dateTime: '2030-03-04T09:00:00' } }
    expect(await refusalOf(insertUnchecked(local))).toBe('400 invalid')
  })

  it('is patched field by field, with arrays replaced as a whole', async () => {
    await insert({
      description: 'Old',
      attendees: [{ email: GUEST }, { email: 'b@client.example' }],
      extendedProperties: { private: { meetingId: 'm1', other: 'x' } },
    })
    const changed = await patch({
      description: null,
      attendees: [{ email: 'b@client.example' }],
      extendedProperties: { private: { other: 'y' } },
    })
    expect(changed).toMatchObject({ summary: 'Demo', sequence: 0, start: NINE })
    expect(changed.description).toBeUndefined()
    expect(changed.attendees?.map(({ email }) => email)).toEqual(['b@client.example'])
    expect(changed.extendedProperties).toEqual({ private: { meetingId: 'm1', other: 'y' } })
    expect(await patch({ start: TEN, end: ELEVEN })).toMatchObject({ sequence: 1, start: TEN })
  })

  it('is replaced as a whole by an update', async () => {
    await insert({ description: 'Old' })
    const { data } = await scene.calendar.events.update({ ...OURS, requestBody: { start: TEN, end: ELEVEN } })
    expect([data.summary, data.description, data.iCalUID]).toEqual([undefined, undefined, `${ID}@google.com`])
  })

  it('changes only with the etag of its latest version', async () => {
    const { etag } = await insert()
    await patch({ summary: 'Second' })
    const headers = { 'if-match': String(etag) }
    const late = scene.calendar.events.patch({ ...OURS, requestBody: { summary: 'Late' } }, { headers })
    expect(await refusalOf(late)).toBe('412 conditionNotMet')
    expect(await refusalOf(scene.calendar.events.delete(OURS, { headers }))).toBe('412 conditionNotMet')
    expect((await read()).summary).toBe('Second')
  })

  it('of another organiser can be answered but not changed', async () => {
    const id = scene.agent.createEvent({
      summary: 'Theirs',
      start: NINE,
      organizer: { email: 'boss@work.example' },
      attendees: [{ email: EMAIL }, { email: 'boss@work.example' }],
    })
    const change = (requestBody: object) =>
      scene.calendar.events.patch({ ...IN_PRIMARY, eventId: id, requestBody })
    expect(await refusalOf(change({ start: TEN, end: ELEVEN }))).toBe('403 forbiddenForNonOrganizer')
    const attendees = [{ email: EMAIL, responseStatus: 'accepted' }, { email: 'boss@work.example' }]
    expect((await change({ attendees })).data.attendees?.[0]).toMatchObject({
      self: true,
      responseStatus: 'accepted',
    })
  })
})

describe('guests', () => {
  const mails = () => scene.google.mails.map(({ to, kind, sequence }) => `${kind} ${to} ${sequence}`)

  it('are mailed only when the client asks for it', async () => {
    await insert({ attendees: [{ email: GUEST }] })
    expect(mails()).toEqual([])
    await patch({ start: TEN, end: ELEVEN }, { sendUpdates: 'all' })
    await patch({ attendees: [{ email: 'b@client.example' }] }, { sendUpdates: 'all' })
    await patch({ colorId: '3' }, { sendUpdates: 'all' })
    await scene.calendar.events.delete({ ...OURS, sendUpdates: 'all' })
    expect(mails()).toEqual([
      `UPDATE ${GUEST} 1`,
      'INVITATION b@client.example 1',
      `CANCELLATION ${GUEST} 1`,
      'CANCELLATION b@client.example 2',
    ])
  })

  it('from outside can be invited up to a limit', async () => {
    scene.agent.invitationsLeft = 1
    const query = { sendUpdates: 'all' }
    await insert({ attendees: [{ email: GUEST }] }, query)
    const second = { id: 'second', attendees: [{ email: GUEST }] }
    expect(await refusalOf(insert(second, query))).toBe('403 quotaExceeded')
    expect(await refusalOf(insert(second))).toBe('accepted')
    expect(mails()).toEqual([`INVITATION ${GUEST} 0`])
  })
})

describe('a conference', () => {
  const createRequest = { requestId: 'r1', conferenceSolutionKey: { type: 'hangoutsMeet' } }
  const asked = { conferenceData: { createRequest } }
  const statusOf = (event: Awaited<ReturnType<typeof read>>) =>
    event.conferenceData?.createRequest?.status?.statusCode

  it('is created only when conferenceDataVersion is set', async () => {
    expect((await insert(asked)).conferenceData).toBeUndefined()
  })

  it('is created together with the event by default', async () => {
    expect(statusOf(await insert(asked, { conferenceDataVersion: 1 }))).toBe('success')
  })

  it('may be pending for some reads, and is then kept until it is removed', async () => {
    scene.google.behaviour.conferences.pendingReads = 2
    expect(statusOf(await insert(asked, { conferenceDataVersion: 1 }))).toBe('pending')
    expect([statusOf(await read()), statusOf(await read())]).toEqual(['pending', 'pending'])
    const ready = await read()
    expect(statusOf(ready)).toBe('success')
    expect(ready.hangoutLink).toMatch(/^https:\/\/meet\.google\.com\/[a-z]{3}-[a-z]{4}-[a-z]{3}$/)
    const entry = { entryPointType: 'video', uri: ready.hangoutLink }
    expect(ready.conferenceData?.entryPoints).toMatchObject([entry])
    await patch({ start: TEN, end: ELEVEN })
    const again = await patch(asked, { conferenceDataVersion: 1 })
    expect(again.hangoutLink).toBe(ready.hangoutLink)
    const other = { conferenceData: { createRequest: { ...createRequest, requestId: 'r2' } } }
    expect(statusOf(await patch(other, { conferenceDataVersion: 1 }))).toBe('pending')
    expect((await patch({ conferenceData: null }, { conferenceDataVersion: 1 })).hangoutLink).toBeUndefined()
  })

  it('can fail, and is refused for a type that the calendar does not support', async () => {
    scene.google.behaviour.conferences.outcome = 'failure'
    await insert(asked, { conferenceDataVersion: 1 })
    const failed = await read()
    expect([statusOf(failed), failed.hangoutLink]).toEqual(['failure', undefined])
    scene.agent.calendars()[0]!.conferenceTypes = []
    const refused = insert({ ...asked, id: 'second' }, { conferenceDataVersion: 1 })
    expect(await refusalOf(refused)).toBe('400 invalid')
  })
})

/** Inserts a body that violates the description, and hides the exchange from the contract check. */
async function insertUnchecked(body: object) {
  try {
    return await insert(body)
  } finally {
    const logged = scene.google.log.all.at(-1)
    if (logged) logged.answer = undefined
  }
}
