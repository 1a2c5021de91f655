import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, START, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting } from '../kit/booking.ts'

/** Slots of Tuesday, one for each booking of a test. */
const at = (number: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * number)).toISOString()
const ANYBODY = { target: { roundRobin: true } }

let app: TestApp
let acme: TestWorkspace
let agents: Staff[]
let visitor: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  agents = []
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
    agents.push(await createBookableAgent(app, acme, { name }))
  }
  visitor = await createVisitor(app, acme)
})

async function bookNext(number: number): Promise<string> {
  const { agent } = await book(app, { token: visitor, input: { ...ANYBODY, startsAt: at(number) } })
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
  return (await data<{ routingQueue: Queue }>(app.execute(query, { token: acme.admin.token }))).routingQueue
}

async function changeQueue(mutation: string, input: object, token = acme.admin.token) {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { result: ${mutation}(input: $input) {
    __typename ... on RoutingQueue { ${QUEUE_FIELDS} } ... on Error { message } } }`
  const variables = { input: { kind: 'MEETING', ...input } }
  return (await data<{ result: Queue & { __typename: string } }>(app.execute(query, { variables, token })))
    .result
}

describe('round robin', () => {
  it('goes round the agents in their order', async () => {
    expect(await bookTimes(7)).toEqual(['One', 'Two', 'Three', 'Four', 'Five', 'One', 'Two'])
  })

  it('passes over an agent who cannot take it, and goes on after the one who did', async () => {
    await bookTimes(3)
    await book(app, { token: visitor, input: { target: { agentId: agents[3]?.id }, startsAt: at(3) } })
    expect(await bookNext(3)).toBe('Five')
    expect(await bookNext(4)).toBe('One')
  })

  it('counts a hold as a turn, and the booking of it not again', async () => {
    const held = await hold(app, { token: visitor, input: { ...ANYBODY, startsAt: at(0) } })
    expect(held.agent.name).toBe('One')
    await book(app, { token: visitor, input: { holdId: held.id } })
    expect(await bookNext(1)).toBe('Two')
  })

  it('does not go back when a meeting is cancelled, but the count does', async () => {
    const first = await book(app, { token: visitor, input: { ...ANYBODY, startsAt: at(0) } })
    expect((await queue()).entries[0]?.assignedToDate).toBe(1)
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: visitor, input: { meetingId: first.id } })
    const { entries, next } = await queue()
    expect(entries[0]?.assignedToDate).toBe(0)
    expect(next?.name).toBe('Two')
  })

  it('is not moved by rescheduling', async () => {
    const first = await book(app, { token: visitor, input: { ...ANYBODY, startsAt: at(0) } })
    const input = { meetingId: first.id, startsAt: at(8) }
    await mutateMeeting(app, { mutation: 'rescheduleMeeting', token: visitor, input })
    expect((await queue()).next?.name).toBe('Two')
  })

  it('takes no turn for a refused booking', async () => {
    await book(app, { token: visitor, input: { ...ANYBODY, startsAt: '2026-03-03T03:00:00Z' } })
    expect((await queue()).next?.name).toBe('One')
  })
})

describe('RoutingChanged', () => {
  const routingChanges = () =>
    app.app.services.database.event.count({
      where: { streamId: `workspace:${acme.workspaceId}`, type: 'RoutingChanged' },
    })

  it('is told whenever a turn is taken: by a booking, a hold, a reassignment; not by booking the hold', async () => {
    const meeting = await book(app, { token: visitor, input: { ...ANYBODY, startsAt: at(0) } })
    expect(await routingChanges()).toBe(1)
    const held = await hold(app, { token: visitor, input: { ...ANYBODY, startsAt: at(1) } })
    expect(await routingChanges()).toBe(2)
    await book(app, { token: visitor, input: { holdId: held.id } })
    expect(await routingChanges()).toBe(2)
    const input = { meetingId: meeting.id }
    await mutateMeeting(app, { mutation: 'reassignMeeting', token: acme.admin.token, input })
    expect(await routingChanges()).toBe(3)
  })
})

describe('routingQueue', () => {
  it('says who is next and why others are not eligible', async () => {
    const { database } = app.app.services
    const [one, two, three, four] = agents
    await database.calendarConnection.update({
      where: { agentId: one?.agentId ?? '' },
      data: { status: 'NEEDS_REAUTHENTICATION' },
    })
    await database.calendarConnection.delete({ where: { agentId: two?.agentId ?? '' } })
    await database.agentRole.deleteMany({ where: { agentId: three?.agentId ?? '' } })
    await database.meetingAvailability.update({
      where: { agentId: four?.agentId ?? '' },
      data: { weekly: [] },
    })
    const { entries, next } = await queue()
    expect(entries.map(({ ineligibleBecause }) => ineligibleBecause)).toEqual([
      ['NEEDS_REAUTHENTICATION'],
      ['NO_CALENDAR'],
      ['NO_PERMISSION'],
      ['NOT_AVAILABLE'],
      [],
    ])
    expect(entries.map(({ isNext }) => isNext)).toEqual([false, false, false, false, true])
    expect(next?.name).toBe('Five')
  })

  it('gives a paused agent nothing until the pause ends, at the same place', async () => {
    const agentId = agents[0]?.id
    const paused = await changeQueue('setRoutingPaused', { agentId, paused: true })
    expect(paused.entries[0]).toMatchObject({ eligible: false, ineligibleBecause: ['PAUSED'] })
    expect(await bookNext(0)).toBe('Two')
    const resumed = await changeQueue('setRoutingPaused', { agentId, paused: false })
    expect(resumed.entries[0]).toMatchObject({ position: 1, eligible: true })
  })

  it('lets administrators move an agent to another place', async () => {
    const moved = await changeQueue('moveInRoutingQueue', { agentId: agents[4]?.id, position: 1 })
    expect(moved.entries.map(({ agent }) => agent.name)).toEqual(['Five', 'One', 'Two', 'Three', 'Four'])
    expect(await bookTimes(2)).toEqual(['Five', 'One'])
    const last = await changeQueue('moveInRoutingQueue', { agentId: agents[0]?.id, position: 1000 })
    expect(last.entries.at(-1)?.agent.name).toBe('One')
  })

  it('cannot be changed by agents, nor for an agent of another workspace', async () => {
    const input = { agentId: agents[0]?.id, paused: true }
    const byAgent = await changeQueue('setRoutingPaused', input, agents[1]?.token)
    expect(byAgent.__typename).toBe('ForbiddenError')
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const byStranger = await changeQueue('setRoutingPaused', input, globex.admin.token)
    expect(byStranger.__typename).toBe('NotFoundError')
    expect((await queue()).entries[0]?.eligible).toBe(true)
  })
})

describe('explainRouting', () => {
  it('says who would be chosen and who is passed over, without taking a turn', async () => {
    await book(app, { token: visitor, input: { target: { agentId: agents[0]?.id }, startsAt: at(0) } })
    const query = `query ($startsAt: DateTime) {
      explainRouting(kind: MEETING, target: { roundRobin: true }, startsAt: $startsAt) {
        id pool agent { name } steps { stage label outcome skipped { agent { name } because } }
      }
    }`
    const explain = () =>
      data(app.execute(query, { variables: { startsAt: at(0) }, token: acme.admin.token }))
    const expected = {
      explainRouting: {
        id: null,
        pool: 'Round robin over all agents',
        agent: { name: 'Two' },
        steps: [
          {
            stage: 'ROUND_ROBIN',
            skipped: [{ agent: { name: 'One' }, because: ['NOT_AVAILABLE'] }],
          },
        ],
      },
    }
    expect(await explain()).toMatchObject(expected)
    expect(await explain()).toMatchObject(expected)
  })
})
