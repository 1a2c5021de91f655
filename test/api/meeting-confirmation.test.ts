// Bookings that unverified visitors have to confirm by mail.
import { describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { createVisitor, hold } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { BOOKED, GRACE, useConfirmationScene } from '../kit/confirmations.ts'
import { eventually } from '../kit/eventually.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { NINE, slotAt, TEN } from '../kit/times.ts'

const CONFIRM = 'Please confirm your meeting with Ada Lovelace'
const BUTTON = 'Confirm the meeting'

const { scene, current, update, request, mailsTo, linkTo, open, press, meetings, isOffered } =
  useConfirmationScene()
const { app, acme, admin, ada, beth, database } = scene

describe('a booking of an unverified visitor', () => {
  it('reserves the time, and tells nobody but the address', async () => {
    const place = () => database.routingPool.findMany({ select: { id: true, lastAgentId: true } })
    const before = await place()
    expect(await request({ target: { roundRobin: true } })).toEqual({
      __typename: 'MeetingAwaitingConfirmation',
      email: GRACE,
      startsAt: NINE,
      endsAt: slotAt(1),
      reservedUntil: '2026-03-02T08:15:00.000Z',
      agent: { id: ada.id, name: ada.name },
    })
    await linkTo(GRACE)
    expect(await isOffered(NINE)).toBe(false)
    expect(await meetings()).toEqual([])
    expect(await place()).toEqual(before)
    expect(await database.calendarEntry.count({ where: { agentId: ada.agentId } })).toBe(0)
    const { workspaceId } = acme
    const seen = { workspaceId, type: 'MeetingChanged' }
    expect(
      await database.event.count({ where: { streamId: `workspace:${workspaceId}`, type: seen.type } }),
    ).toBe(0)
    expect(app.mails.map(({ to, subject }) => [to.address, subject])).toEqual([[GRACE, CONFIRM]])
    for (const viewer of [current.token, admin.token, ada.token]) {
      const { meetings: list } = await data<{ meetings: { nodes: object[] } }>(
        app.execute('{ meetings { nodes { id } } }', { token: viewer }),
      )
      expect(list.nodes).toEqual([])
    }
  })

  it('is confirmed by the form of the page, not by following the link, and once', async () => {
    await request({ target: { roundRobin: true }, agenda: 'Engines' })
    const link = await linkTo(GRACE)
    for (const page of [await open(link), await open(link)]) expect(page).toContain(BUTTON)
    expect(await meetings()).toEqual([])
    const pages = await Promise.all([press(link), press(link)])
    pages.push(await press(link), await open(link))
    for (const page of pages) expect(page).toContain(BOOKED)
    const [meeting, ...others] = await meetings()
    expect(others).toEqual([])
    expect(meeting).toMatchObject({ agentId: ada.agentId, status: 'SCHEDULED', confirmedAt: app.clock.now() })
    expect(meeting?.startsAt.toISOString()).toBe(NINE)
    const pool = await database.routingPool.findFirstOrThrow({
      where: { workspaceId: acme.workspaceId, kind: 'MEETING', teamId: null },
    })
    expect(pool.lastAgentId).toBe(ada.agentId)
    expect(await database.routingDecision.count({ where: { meetingId: meeting!.id } })).toBe(1)
    await eventually(async () => {
      expect(mailsTo(ada.email)).toHaveLength(1)
      // The address has confirmed it, so its mails have what the visitor wrote.
      expect(mailsTo(GRACE).at(-1)?.text).toContain('Engines')
    })
    const { meetings: list } = await data<{ meetings: { nodes: object[] } }>(
      app.execute('{ meetings { nodes { confirmedAt } } }', { token: current.token }),
    )
    expect(list.nodes).toEqual([{ confirmedAt: app.clock.now().toISOString() }])
  })

  it('outlives the next hold of the visitor, but not its next booking', async () => {
    await request({})
    await hold(app, { token: current.token, input: { target: { agentId: ada.id }, startsAt: TEN } })
    expect(await isOffered(NINE)).toBe(false)
    expect(await request({ person: { email: 'grace.hopper@navy.example' } })).toMatchObject({
      __typename: 'MeetingAwaitingConfirmation',
      email: 'grace.hopper@navy.example',
    })
    expect(await request({ startsAt: slotAt(6) })).toMatchObject({ startsAt: slotAt(6) })
    expect(await isOffered(NINE)).toBe(true)
    expect(await isOffered(slotAt(6))).toBe(false)
  })

  it('takes over the time of a hold, with its turn', async () => {
    const held = await hold(app, {
      token: current.token,
      input: { target: { roundRobin: true }, startsAt: NINE },
    })
    expect(await request({ slot: { holdId: held.id } })).toMatchObject({ agent: { id: ada.id } })
    app.clock.advance(10 * MINUTE)
    expect(await isOffered(NINE)).toBe(false)
    expect(await press(await linkTo(GRACE))).toContain(BOOKED)
    expect(await meetings()).toMatchObject([{ routedBy: 'Round robin over all agents' }])
    expect(await request({ target: { roundRobin: true }, startsAt: TEN })).toMatchObject({
      agent: { id: beth.id },
    })
  })

  it('is the same for a retry with its key, and the meeting once it is confirmed', async () => {
    const input = { idempotencyKey: 'one' }
    const first = await request(input)
    expect(await request(input)).toEqual(first)
    await press(await linkTo(GRACE))
    const [meeting] = await meetings()
    expect(await request(input)).toMatchObject({ __typename: 'Meeting', startsAt: NINE })
    expect(meeting?.personId).toBeDefined()
    expect(await meetings()).toHaveLength(1)
  })

  it('counts towards the limit of unconfirmed meetings, as long as it is reserved', async () => {
    for (const number of [0, 1, 2]) {
      await request({ startsAt: slotAt(number) }, await createVisitor(app, acme))
    }
    expect(await request({ startsAt: slotAt(3) })).toMatchObject({ __typename: 'QuotaExceededError' })
    app.clock.advance(15 * MINUTE)
    expect(await request({ startsAt: slotAt(3) })).toMatchObject({ startsAt: slotAt(3) })
    await press(await linkTo(GRACE, 4))
    for (const number of [4, 5]) {
      const awaits = await request({ startsAt: slotAt(number) }, await createVisitor(app, acme))
      expect(awaits).toMatchObject({ __typename: 'MeetingAwaitingConfirmation' })
    }
  })
})

describe('no confirmation is needed', () => {
  const isBooked = async (as: string) =>
    expect(await request({}, as)).toMatchObject({ __typename: 'Meeting', startsAt: NINE })

  it('of a verified visitor', async () => {
    const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
    await identifyVisitor(app, current.token, { person: { email: GRACE }, identityHash })
    await isBooked(current.token)
  })

  it('of staff', () => isBooked(admin.token))

  it('where the workspace does not ask for it', async () => {
    await update({ meetingSettings: { confirmation: 'NONE' } })
    await isBooked(current.token)
  })
})
