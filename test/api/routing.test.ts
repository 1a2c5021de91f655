import { describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, setHours } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, hold, mutateMeeting } from '../kit/booking.ts'
import type { Result } from '../kit/mutate.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, slotAt } from '../kit/times.ts'

const ROUND_ROBIN = { target: { roundRobin: true } }

const { app, acme, admin, one, two, three, four, five, visitor, database, mutate } = useScene({
  one: bookable({ name: 'One' }),
  two: bookable({ name: 'Two' }),
  three: bookable({ name: 'Three' }),
  four: bookable({ name: 'Four' }),
  five: bookable({ name: 'Five' }),
  visitor: aVisitor,
})

async function bookNext(number: number): Promise<string> {
  const { agent } = await book(app, {
    token: visitor.token,
    input: { ...ROUND_ROBIN, startsAt: slotAt(number) },
  })
  return agent.name
}

async function bookTimes(count: number): Promise<string[]> {
  const names: string[] = []
  for (let number = 0; number < count; number++) names.push(await bookNext(number))
  return names
}

interface Queue {
  next: { name: string } | null
  entries: {
    position: number
    isNext: boolean
    eligible: boolean
    assignedToDate: number
    ineligibleBecause: string[]
    agent: { name: string }
  }[]
}

const QUEUE_FIELDS = `next { name } entries { position isNext eligible assignedToDate ineligibleBecause agent { name } }`

async function queue(): Promise<Queue> {
  const query = `{ routingQueue(kind: MEETING) { ${QUEUE_FIELDS} } }`
  return (await data<{ routingQueue: Queue }>(app.execute(query, { token: admin.token }))).routingQueue
}

async function changeQueue(mutation: string, input: object, token = admin.token) {
  const select = `... on RoutingQueue { ${QUEUE_FIELDS} }`
  return (await mutate({ mutation, input: { kind: 'MEETING', ...input }, token, select })) as Result & Queue
}

describe('round robin', () => {
  it('chooses the agents in their order', async () => {
    expect(await bookTimes(7)).toEqual(['One', 'Two', 'Three', 'Four', 'Five', 'One', 'Two'])
  })

  it('skips an agent who is not free, and continues after the one who was chosen', async () => {
    await bookTimes(3)
    await book(app, { token: visitor.token, input: { target: { agentId: four.id }, startsAt: slotAt(3) } })
    expect(await bookNext(3)).toBe('Five')
    expect(await bookNext(4)).toBe('One')
  })

  it('counts a hold as a turn, and its booking not again', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(0) } })
    expect(held.agent.name).toBe('One')
    await book(app, { token: visitor.token, input: { holdId: held.id } })
    expect(await bookNext(1)).toBe('Two')
  })

  it('does not move the pointer back when a meeting is cancelled, but reduces the count', async () => {
    const first = await book(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(0) } })
    expect((await queue()).entries[0]?.assignedToDate).toBe(1)
    await mutateMeeting(app, {
      mutation: 'cancelMeeting',
      token: visitor.token,
      input: { meetingId: first.id },
    })
    const { entries, next } = await queue()
    expect(entries[0]?.assignedToDate).toBe(0)
    expect(next?.name).toBe('Two')
  })

  it('does not move the pointer when a meeting is rescheduled', async () => {
    const first = await book(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(0) } })
    const input = { meetingId: first.id, startsAt: slotAt(8) }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: visitor.token, input })
    expect((await queue()).next?.name).toBe('Two')
  })

  it('takes no turn for a refused booking', async () => {
    await book(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: at('03:00') } })
    expect((await queue()).next?.name).toBe('One')
  })
})

describe('RoutingChanged', () => {
  const routingChanges = () =>
    database.event.count({
      where: { streamId: `workspace:${acme.workspaceId}`, type: 'RoutingChanged' },
    })

  it('is published for each turn: for a booking, a hold, a reassignment; not for booking the hold', async () => {
    const meeting = await book(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(0) } })
    expect(await routingChanges()).toBe(1)
    const held = await hold(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(1) } })
    expect(await routingChanges()).toBe(2)
    await book(app, { token: visitor.token, input: { holdId: held.id } })
    expect(await routingChanges()).toBe(2)
    const input = { meetingId: meeting.id }
    await mutateMeeting(app, { mutation: 'reassignMeeting', token: admin.token, input })
    expect(await routingChanges()).toBe(3)
  })
})

describe('routingQueue', () => {
  it('says who is next and why others are not eligible', async () => {
    await database.calendarConnection.update({
      where: { agentId: one.agentId },
      data: { state: 'NEEDS_REAUTHENTICATION' },
    })
    await database.calendarConnection.delete({ where: { agentId: two.agentId } })
    await database.agentRole.deleteMany({ where: { agentId: three.agentId } })
    await database.meetingAvailability.update({
      where: { agentId: four.agentId },
      data: { weekly: [] },
    })
    const { entries, next } = await queue()
    expect(entries.map(({ ineligibleBecause }) => ineligibleBecause)).toEqual([
      ['NEEDS_REAUTHENTICATION'],
      ['NO_CALENDAR'],
      ['NO_PERMISSION'],
      ['NO_HOURS'],
      [],
    ])
    expect(entries.map(({ isNext }) => isNext)).toEqual([false, false, false, false, true])
    expect(next?.name).toBe('Five')
  })

  it('tells agents whose hours never open again from those who are only not free', async () => {
    const openOn = (agent: Staff, date: string) =>
      setHours(app, agent, {
        timeZone: 'UTC',
        weekly: [],
        overrides: [{ date, blocks: [{ start: '08:00', end: '17:00' }] }],
      })
    await openOn(one, '2026-03-01')
    await openOn(two, '2026-03-02')
    await openOn(three, '2026-12-01')
    await openOn(four, '2026-03-04')
    const { entries } = await queue()
    expect(entries.map(({ ineligibleBecause }) => ineligibleBecause)).toEqual([
      ['NO_HOURS'],
      [],
      ['NOT_AVAILABLE'],
      [],
      [],
    ])
    app.clock.set('2026-03-02T16:59:00Z')
    expect((await queue()).entries[1]?.ineligibleBecause).toEqual(['NOT_AVAILABLE'])
    app.clock.set('2026-03-02T17:00:00Z')
    expect((await queue()).entries[1]?.ineligibleBecause).toEqual(['NO_HOURS'])
  })

  it('does not choose a paused agent until the pause ends, and keeps its place', async () => {
    const agentId = one.id
    const paused = await changeQueue('setRoutingPaused', { agentId, paused: true })
    expect(paused.entries[0]).toMatchObject({ eligible: false, ineligibleBecause: ['PAUSED'] })
    expect(await bookNext(0)).toBe('Two')
    const resumed = await changeQueue('setRoutingPaused', { agentId, paused: false })
    expect(resumed.entries[0]).toMatchObject({ position: 1, eligible: true })
  })

  it('lets administrators move an agent to another place', async () => {
    const moved = await changeQueue('moveInRoutingQueue', { agentId: five.id, position: 1 })
    expect(moved.entries.map(({ agent }) => agent.name)).toEqual(['Five', 'One', 'Two', 'Three', 'Four'])
    expect(await bookTimes(2)).toEqual(['Five', 'One'])
    const last = await changeQueue('moveInRoutingQueue', { agentId: one.id, position: 1000 })
    expect(last.entries.at(-1)?.agent.name).toBe('One')
  })

  it('cannot be changed by agents, nor for an agent of another workspace', async () => {
    const input = { agentId: one.id, paused: true }
    const byAgent = await changeQueue('setRoutingPaused', input, two.token)
    expect(byAgent.__typename).toBe('ForbiddenError')
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const byStranger = await changeQueue('setRoutingPaused', input, globex.admin.token)
    expect(byStranger.__typename).toBe('NotFoundError')
    expect((await queue()).entries[0]?.eligible).toBe(true)
  })
})
