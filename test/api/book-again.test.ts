// The link of a meeting that is cancelled or over books another one.
import { beforeEach, describe, expect, it } from 'vitest'
import { signMeetingLink } from '../../src/services/identity/meeting-link.ts'
import { book, hold, mutateMeeting, type Result, slots, startsOf } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN, TUESDAY } from '../kit/times.ts'

const EMAIL = 'grace@navy.example'
const ELEVEN = '2026-03-03T11:00:00.000Z'

const { app, acme, admin, ada, beth, visitor, database } = useScene({
  ada: bookable(),
  beth: bookable(),
  visitor: aVisitor,
})
let meeting: Result
let link: string

beforeEach(async () => {
  const input = { target: { agentId: ada.id }, startsAt: NINE, person: { email: EMAIL, firstName: 'Grace' } }
  meeting = await book(app, { token: visitor.token, input })
  const { id } = await database.meeting.findFirstOrThrow({ where: { agentId: ada.agentId } })
  link = signMeetingLink(app.app.services.signer, { meetingId: id, address: EMAIL })
})

const bookWithLink = (input: object, token = link) =>
  mutateMeeting(app, {
    mutation: 'bookMeeting',
    token,
    input: { target: { agentId: ada.id }, startsAt: TEN, timeZone: 'Europe/Berlin', ...input },
  })
const cancel = (input: object = {}, token = link) =>
  mutateMeeting(app, {
    mutation: 'cancelMeeting',
    token,
    input: { meetingId: meeting.id, ...input },
  })
const seen = async () => {
  const query = '{ meetings(first: 9, orderBy: BOOKED_AT_DESC) { nodes { id startsAt status } } }'
  const { data } = await app.execute<{ meetings: { nodes: object[] } }>(query, { token: link })
  return data?.meetings.nodes
}

describe('the link of a meeting', () => {
  it('books another one for the same person once the meeting is cancelled, then shows, moves and cancels it', async () => {
    await cancel()
    const next = await bookWithLink({ agenda: 'The same as before.' })
    expect(next).toMatchObject({
      __typename: 'Meeting',
      startsAt: TEN,
      body: 'The same as before.',
      person: { email: EMAIL, firstName: 'Grace' },
      history: [{ kind: 'BOOKED', actor: 'Visitor' }],
    })
    expect(await seen()).toEqual([
      { id: next.id, startsAt: TEN, status: 'SCHEDULED' },
      { id: meeting.id, startsAt: NINE, status: 'CANCELLED' },
    ])
    const newTimes = await slots(app, { token: link, movingMeetingId: next.id, ...TUESDAY })
    expect(startsOf(newTimes)).toEqual(expect.arrayContaining([NINE, TEN, ELEVEN]))
    const input = { meetingId: next.id, startsAt: ELEVEN }
    const moved = await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: link, input })
    expect(moved).toMatchObject({ id: next.id, startsAt: ELEVEN })
    expect(await cancel({ meetingId: next.id })).toMatchObject({ id: next.id, status: 'CANCELLED' })
    expect(await bookWithLink({ target: { agentId: beth.id } })).toMatchObject({ agent: { id: beth.id } })
  })

  it('books one that is verified if the website had vouched for the visitor of the first', async () => {
    const verified = async ({ id }: Result) => {
      const query = 'query ($id: ID!) { node(id: $id) { ... on Meeting { verified } } }'
      return (await app.execute(query, { variables: { id }, token: admin.token })).data
    }
    await cancel()
    const claimed = await bookWithLink({})
    expect(await verified(claimed)).toEqual({ node: { verified: false } })
    await cancel({ meetingId: claimed.id })
    const identityHash = hashWith(await identitySecretOf(app, acme), EMAIL)
    await identifyVisitor(app, visitor.token, { person: { email: EMAIL }, identityHash })
    const input = { target: { agentId: ada.id }, startsAt: ELEVEN, person: {} }
    const first = await book(app, { token: visitor.token, input })
    const found = await database.meeting.findFirstOrThrow({ where: { verified: true } })
    const next = signMeetingLink(app.app.services.signer, { meetingId: found.id, address: EMAIL })
    await cancel({ meetingId: first.id }, next)
    const again = await bookWithLink({}, next)
    expect(again).toMatchObject({ __typename: 'Meeting' })
    expect(await verified(again)).toEqual({ node: { verified: true } })
  })

  it('books another one once the meeting is over', async () => {
    app.clock.set(new Date(Date.parse(NINE) + DAY).toISOString())
    const startsAt = new Date(Date.parse(NINE) + 2 * DAY).toISOString()
    expect(await bookWithLink({ target: { roundRobin: true }, startsAt })).toMatchObject({ startsAt })
  })

  it('books none as long as the meeting stands, or one that was booked with the link', async () => {
    expect(await bookWithLink({})).toMatchObject({ __typename: 'ConflictError', reason: 'MEETING_STANDS' })
    await cancel()
    const outcomes = await Promise.all([
      bookWithLink({ target: { agentId: ada.id } }),
      bookWithLink({ target: { agentId: beth.id } }),
      bookWithLink({ startsAt: ELEVEN }),
    ])
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual([
      'ConflictError',
      'ConflictError',
      'Meeting',
    ])
  })

  it('gives a retry the same meeting', async () => {
    await cancel()
    const retry = () => bookWithLink({ idempotencyKey: 'again' })
    const first = await retry()
    expect(first.__typename).toBe('Meeting')
    expect(await retry()).toEqual(first)
  })

  it('books for nobody else, in no chat, and holds nothing', async () => {
    await cancel()
    expect(await bookWithLink({ person: { email: 'eve@evil.example' } })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'person'] }],
    })
    const slot = { target: { agentId: ada.id }, startsAt: TEN }
    expect(await hold(app, { token: link, input: slot })).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await seen()).toHaveLength(1)
  })

  it('books none as long as a meeting stands that another link of the person booked, also at the same time', async () => {
    await cancel()
    const next = await bookWithLink({})
    const { id } = await database.meeting.findFirstOrThrow({
      where: { agentId: ada.agentId, status: 'SCHEDULED' },
    })
    const other = signMeetingLink(app.app.services.signer, { meetingId: id, address: EMAIL })
    await cancel({ meetingId: next.id }, other)
    const outcomes = await Promise.all([
      bookWithLink({ target: { agentId: ada.id } }),
      bookWithLink({ target: { agentId: beth.id } }, other),
    ])
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['ConflictError', 'Meeting'])
    expect(await bookWithLink({ startsAt: ELEVEN })).toMatchObject({ reason: 'MEETING_STANDS' })
    expect(await bookWithLink({ startsAt: ELEVEN }, other)).toMatchObject({ reason: 'MEETING_STANDS' })
  })

  it('shows what it booked to no other link', async () => {
    await cancel()
    const next = await bookWithLink({})
    const { id } = await database.meeting.findFirstOrThrow({
      where: { agentId: ada.agentId, status: 'SCHEDULED' },
    })
    const other = signMeetingLink(app.app.services.signer, { meetingId: id, address: EMAIL })
    expect(await cancel({ meetingId: meeting.id }, other)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await cancel({ meetingId: next.id }, other)).toMatchObject({ status: 'CANCELLED' })
  })
})
