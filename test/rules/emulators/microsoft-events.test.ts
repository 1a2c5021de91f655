import { describe, expect, it } from 'vitest'
import { connect, EMAIL, refusalOf, useScene, utc } from './microsoft-scene.ts'

const scene = useScene()
const MEETING_ID = 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name MeetingId'
const VISITOR = { emailAddress: { address: 'grace@visitor.example', name: 'Grace' }, type: 'required' }
const BOOKING = {
  subject: 'Demo',
  body: { contentType: 'text', content: 'Hello <Grace>' },
  start: utc('2030-03-04T09:00:00'),
  end: utc('2030-03-04T09:30:00'),
  attendees: [VISITOR],
  isOnlineMeeting: true,
  onlineMeetingProvider: 'teamsForBusiness',
  transactionId: 'transaction-1',
  singleValueExtendedProperties: [{ id: MEETING_ID, value: 'meeting-1' }],
}

const book = (changes: object = {}) => scene.graph.api('/me/events').post({ ...BOOKING, ...changes })
const read = (id: string) => scene.graph.api(`/me/events/${id}`).get()
const mails = () => scene.microsoft.mails.map(({ kind, to, sequence }) => `${kind} ${to} ${sequence}`)

describe('a list of events', () => {
  const MARK = `singleValueExtendedProperties/any(p: p/id eq '${MEETING_ID}' and p/value eq 'it''s (one)')`
  const listed = async (filter: string) => {
    const { value } = await scene.graph.api('/me/events').filter(filter).get()
    return value.map(({ start }: { start: { dateTime: string } }) => start.dateTime.slice(5, 16))
  }

  it('can be filtered by an extended property and a time', async () => {
    scene.agent.createEvent({ start: '2030-03-05T09:00:00Z', end: '2030-03-05T10:00:00Z' })
    for (const day of ['04', '05', '06']) {
      await book({
        start: utc(`2030-03-${day}T09:00:00`),
        end: utc(`2030-03-${day}T09:30:00`),
        singleValueExtendedProperties: [{ id: MEETING_ID, value: "it's (one)" }],
        transactionId: day,
      })
    }
    expect(await listed(MARK)).toEqual(['03-04T09:00', '03-05T09:00', '03-06T09:00'])
    // A time without an offset is in UTC.
    const from = "end/dateTime gt '2030-03-04T09:30:00.000Z'"
    expect(await listed(`${MARK} and ${from}`)).toEqual(['03-05T09:00', '03-06T09:00'])
    expect(await listed(`start/dateTime lt '2030-03-06T09:00' and ${MARK} and ${from}`)).toEqual([
      '03-05T09:00',
    ])
    expect(await listed(`start/dateTime ge '2030-03-06T10:00:00+01:00' and ${MARK}`)).toEqual(['03-06T09:00'])
  })

  it.each([
    ['an unquoted time', `${MARK} and start/dateTime ge 2030-03-04T09:00:00Z`],
    ['nothing after “and”', `${MARK} and `],
    ['an unknown operator', `${MARK} xor start/dateTime ge '2030-03-04'`],
    ['an unknown field', `${MARK} and begin/dateTime ge '2030-03-04'`],
  ])('is refused with %s', async (_, filter) => {
    expect(await refusalOf(listed(filter))).toBe('400 ErrorInvalidUrlQueryFilter')
  })
})

describe('creating an event', () => {
  it('returns the stored event, and mails the guests', async () => {
    const event = await book()
    expect(event).toMatchObject({
      type: 'singleInstance',
      start: { dateTime: '2030-03-04T09:00:00.0000000', timeZone: 'UTC' },
      isOrganizer: true,
      responseStatus: { response: 'organizer' },
      onlineMeetingProvider: 'teamsForBusiness',
      onlineMeeting: { joinUrl: expect.stringContaining('https://teams.microsoft.com/l/meetup-join/') },
    })
    expect(event.body.content).toContain('Hello &lt;Grace&gt;')
    expect(event.body.content).toContain(event.onlineMeeting.joinUrl)
    expect(mails()).toEqual(['INVITATION grace@visitor.example 0'])
    expect(scene.microsoft.mails[0]).toMatchObject({ iCalUId: event.iCalUId, from: EMAIL, by: 'APP' })
  })

  it('again with the same transactionId returns the same event without a second mail', async () => {
    const [one, other] = [await book(), await book()]
    expect(other.id).toBe(one.id)
    expect(mails()).toHaveLength(1)
  })

  it('again with the same transactionId is refused when its behaviour is set so', async () => {
    scene.microsoft.behaviour.replayedCreate = 'CONFLICT'
    await book()
    expect(await refusalOf(book())).toBe('409 ErrorDuplicateTransactionId')
  })

  it('with a lost answer leaves an event that is found by its extended property', async () => {
    scene.microsoft.faults.add('POST /v1.0/me/events', { kind: 'drop-after-commit' })
    await expect(book()).rejects.toThrow()
    const filter = (value: string) =>
      `singleValueExtendedProperties/Any(ep: ep/id eq '${MEETING_ID}' and ep/value eq '${value}')`
    const found = await scene.graph
      .api('/me/events')
      .filter(filter('meeting-1'))
      .expand(`singleValueExtendedProperties($filter=id eq '${MEETING_ID}')`)
      .get()
    expect(found.value).toHaveLength(1)
    expect(found.value[0].singleValueExtendedProperties).toEqual([{ id: MEETING_ID, value: 'meeting-1' }])
    expect((await scene.graph.api('/me/events').filter(filter('other')).get()).value).toEqual([])
    expect(
      await refusalOf(scene.graph.api('/me/events').filter("transactionId eq 'transaction-1'").get()),
    ).toBe('400 ErrorInvalidUrlQueryFilter')
  })

  it('may return the join link only after some reads', async () => {
    scene.microsoft.behaviour.joinUrlAfterReads = 1
    const event = await book()
    expect(event).toMatchObject({ isOnlineMeeting: true, onlineMeeting: null })
    expect((await read(event.id)).onlineMeeting).toBeNull()
    expect((await read(event.id)).onlineMeeting.joinUrl).toContain('https://')
  })

  it('is refused for invalid input', async () => {
    expect(await refusalOf(book({ nonsense: 1 }))).toBe('400 RequestBodyRead')
    expect(await refusalOf(book({ end: utc('2030-03-04T08:00:00') }))).toBe(
      '400 ErrorCalendarEndDateIsEarlierThanStartDate',
    )
    expect(await refusalOf(book({ isAllDay: true }))).toBe('400 ErrorPropertyValidationFailure')
    expect(await refusalOf(book({ start: { ...BOOKING.start, timeZone: 'Nowhere Standard Time' } }))).toBe(
      '400 TimeZoneNotSupportedException',
    )
    expect(scene.agent.events()).toEqual([])
  })

  it('cannot make an online meeting for a personal account', async () => {
    scene.microsoft.addAccount({ email: 'grace@home.example', kind: 'personal' })
    const graph = connect(scene.microsoft, undefined, 'grace@home.example')
    expect(await graph.api('/me/calendar').get()).toMatchObject({ allowedOnlineMeetingProviders: [] })
    expect(await refusalOf(graph.api('/me/events').post(BOOKING))).toBe('400 ErrorInvalidRequest')
    expect(await graph.api('/me/events').post({ ...BOOKING, isOnlineMeeting: false })).toMatchObject({
      isOnlineMeeting: false,
    })
  })
})

describe('changing an event', () => {
  it('keeps the join link when only the times are sent', async () => {
    const before = await book()
    const times = { start: utc('2030-03-05T10:00:00'), end: utc('2030-03-05T10:30:00') }
    const after = await scene.graph.api(`/me/events/${before.id}`).patch(times)
    expect(after).toMatchObject({
      id: before.id,
      iCalUId: before.iCalUId,
      onlineMeeting: before.onlineMeeting,
    })
    expect(after.changeKey).not.toBe(before.changeKey)
    expect(after['@odata.etag']).not.toBe(before['@odata.etag'])
    expect(mails()).toEqual(['INVITATION grace@visitor.example 0', 'UPDATE grace@visitor.example 1'])
  })

  it('removes the online meeting when the body is replaced without its block', async () => {
    const { id, body } = await book()
    const kept = await scene.graph
      .api(`/me/events/${id}`)
      .patch({ body: { contentType: 'html', content: body.content.replace('Hello', 'Welcome') } })
    expect(kept.onlineMeeting).not.toBeNull()
    const replaced = { body: { contentType: 'html', content: 'Welcome' } }
    const ended = await scene.graph.api(`/me/events/${id}`).patch(replaced)
    expect(ended).toMatchObject({ isOnlineMeeting: false, onlineMeeting: null })
  })

  it('may create another online meeting when the body is replaced without its block', async () => {
    scene.microsoft.behaviour.bodyWithoutJoinLink = 'REPLACES_LINK'
    const { id, onlineMeeting } = await book()
    const after = await scene.graph
      .api(`/me/events/${id}`)
      .patch({ body: { contentType: 'text', content: 'Welcome' } })
    expect(after.onlineMeeting.joinUrl).toContain('https://')
    expect(after.onlineMeeting.joinUrl).not.toBe(onlineMeeting.joinUrl)
  })

  it('mails only added and removed guests when only the guests are sent', async () => {
    const { id } = await book()
    const alan = { emailAddress: { address: 'alan@visitor.example' }, type: 'required' }
    await scene.graph.api(`/me/events/${id}`).patch({ attendees: [VISITOR, alan] })
    await scene.graph.api(`/me/events/${id}`).patch({ attendees: [alan] })
    expect(mails().slice(1)).toEqual([
      'INVITATION alan@visitor.example 0',
      'CANCELLATION grace@visitor.example 0',
    ])
  })

  it('sends no mail about the owner’s private fields', async () => {
    const { id } = await book()
    await scene.graph
      .api(`/me/events/${id}`)
      .patch({ singleValueExtendedProperties: [{ id: MEETING_ID, value: 'x' }], showAs: 'tentative' })
    expect(mails()).toHaveLength(1)
  })
})

describe('cancelling an event', () => {
  it('mails the guests the comment, and removes the event', async () => {
    const { id } = await book()
    await scene.graph.api(`/me/events/${id}/cancel`).post({ comment: 'Sorry' })
    expect(scene.microsoft.mails.at(-1)).toMatchObject({
      kind: 'CANCELLATION',
      comment: 'Sorry',
      sequence: 1,
    })
    expect(scene.microsoft.log.of('POST **/cancel')[0]?.answer?.status).toBe(202)
    expect(await refusalOf(scene.graph.api(`/me/events/${id}/cancel`).post({}))).toBe('404 ErrorItemNotFound')
    expect(await refusalOf(scene.graph.api(`/me/events/${id}`).delete())).toBe('404 ErrorItemNotFound')
  })

  it('by deleting it also mails the guests', async () => {
    const { id } = await book()
    expect(await scene.graph.api(`/me/events/${id}`).delete()).toBeUndefined()
    expect(mails().at(-1)).toBe('CANCELLATION grace@visitor.example 1')
  })

  it('is allowed to its organizer only', async () => {
    const id = scene.agent.createEvent({
      start: '2030-03-04T09:00:00Z',
      end: '2030-03-04T10:00:00Z',
      organizer: 'boss@work.example',
    })
    expect(await refusalOf(scene.graph.api(`/me/events/${id}/cancel`).post({}))).toBe(
      '400 ErrorInvalidRequest',
    )
  })
})

describe('ids', () => {
  it('are of two kinds, and both are accepted', async () => {
    const { id } = await book()
    const immutable = await scene.graph.api(`/me/events/${id}`).header('Prefer', 'IdType="ImmutableId"').get()
    expect(immutable.id).not.toBe(id)
    expect((await read(immutable.id)).id).toBe(id)
    expect(await refusalOf(read(id.toUpperCase()))).toBe('404 ErrorItemNotFound')
  })
})
