// Links that confirm a booking late, not at all, or are none.
import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, mutateMeeting } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { BOOKED, BOOKINGS, GRACE, useConfirmationScene } from '../kit/confirmations.ts'
import { NINE, slotAt, TEN } from '../kit/times.ts'

const { scene, current, update, request, linkTo, open, press, meetings, isOffered } = useConfirmationScene()
const { app, acme, admin, ada, database } = scene

describe('a late confirmation', () => {
  let link: URL

  beforeEach(async () => {
    await request({})
    link = await linkTo(GRACE)
    app.clock.advance(16 * MINUTE)
  })

  it('books the time if it is still free', async () => {
    expect(await isOffered(NINE)).toBe(true)
    expect(await press(link)).toContain(BOOKED)
    expect(await meetings()).toMatchObject([{ agentId: ada.agentId, startsAt: new Date(NINE) }])
  })

  it('says that the time is taken, and books another one that is chosen then', async () => {
    await book(app, { token: admin.token, input: { target: { agentId: ada.id }, startsAt: NINE } })
    const page = await press(link)
    expect(page).toContain('This time is no longer free')
    const [, startsAt] = /name="startsAt" value="([^"]+)"/.exec(page) ?? []
    expect(await meetings()).toHaveLength(1)
    expect(await press(link, startsAt)).toContain(BOOKED)
    const booked = await meetings()
    expect(booked.map((each) => each.startsAt.toISOString()).sort()).toEqual([NINE, startsAt].sort())
  })

  it('shows the meeting if the visitor has booked and confirmed the same time again', async () => {
    await request({})
    expect(await press(await linkTo(GRACE, 2))).toContain(BOOKED)
    for (const show of [open, press]) expect(await show(link)).toContain(BOOKED)
    expect(await meetings()).toHaveLength(1)
  })

  it('leaves a booking that the visitor made since', async () => {
    await request({ startsAt: TEN })
    expect(await press(link)).toContain(BOOKED)
    expect(await press(await linkTo(GRACE, 2))).toContain(BOOKED)
    expect(await meetings()).toHaveLength(2)
  })

  it('is not offered once the time is over, but other times are', async () => {
    app.clock.set(slotAt(1))
    expect(await open(link)).toContain('This time is over')
    expect(await press(link)).toContain('name="startsAt"')
    expect(await meetings()).toEqual([])
  })
})

it('a link that is forged, or of a booking that was forgotten, says so and books nothing', async () => {
  await request({})
  const link = await linkTo(GRACE)
  const forged = new URL(link)
  forged.searchParams.set('token', `${link.searchParams.get('token')?.slice(0, -3)}AAA`)
  for (const show of [open, press]) expect(await show(forged)).toContain('This link is not valid')
  await database.meetingRequest.deleteMany({ where: { workspaceId: acme.workspaceId } })
  expect(await press(link)).toContain('This link is not valid')
  expect(await meetings()).toEqual([])
})

it.each(['+275760-09-12T00:00:00.000Z', '-271821-04-20T00:00:00.000Z', '0000-01-01', '1e99', ''])(
  'a time that no calendar has is not chosen: %j',
  async (startsAt) => {
    await request({})
    expect(await press(await linkTo(GRACE), startsAt)).toContain('Confirm your meeting?')
    expect(await meetings()).toEqual([])
    expect(app.faults).toEqual([])
  },
)

it('a form that breaks off confirms nothing, and is no fault', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('aborted')) })
  const sent = { method: 'POST', body, duplex: 'half' }
  const response = await app.fetch('/meeting/confirmation', sent)
  expect(await response.text()).toContain('This link is not valid')
  expect(app.faults).toEqual([])
})

it('a link whose meeting is booked says so however often its button is pressed', async () => {
  await request({})
  const link = await linkTo(GRACE)
  for (let times = 0; times <= BOOKINGS; times += 1) expect(await press(link)).toContain(BOOKED)
})

it('a blocked address cannot confirm, and is told so', async () => {
  await request({})
  const link = await linkTo(GRACE)
  await update({ blockedEmails: [GRACE] })
  expect(await press(link)).toContain('takes no bookings from this e-mail address')
  expect(await meetings()).toEqual([])
})

it('a confirmed meeting is moved and cancelled like any other', async () => {
  await request({})
  await press(await linkTo(GRACE))
  const { meetings: list } = await data<{ meetings: { nodes: { id: string }[] } }>(
    app.execute('{ meetings { nodes { id } } }', { token: current.token }),
  )
  const input = { meetingId: list.nodes[0]!.id }
  const moved = await mutateMeeting(app, {
    mutation: 'rescheduleMeeting',
    token: current.token,
    input: { ...input, startsAt: TEN },
  })
  expect(moved).toMatchObject({ status: 'RESCHEDULED' })
  expect(await mutateMeeting(app, { mutation: 'cancelMeeting', token: current.token, input })).toMatchObject({
    status: 'CANCELLED',
  })
})
