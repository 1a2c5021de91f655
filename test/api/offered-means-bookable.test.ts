// Whatever happened before, what is offered can be booked and nothing else can. SLOTS_SEED repeats a run exactly.
import { expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, START, startApp } from '../kit/app.ts'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { Budget } from '../kit/budget.ts'
import { DAY, MINUTE } from '../kit/clock.ts'
import { lotsOf, randomFrom } from '../kit/random.ts'
import { useApp } from '../kit/scene.ts'

/** Everything that can change what is free. */
const KINDS = ['book', 'hold', 'cancel', 'reschedule', 'reassign', 'hours', 'pause', 'wait'] as const
const budget = new Budget('SLOTS', { seconds: 8, kinds: KINDS })
const random = randomFrom(budget.seed)
const drawKind = lotsOf(KINDS, random)
/** After these, the next operations are those of new people in a new workspace. */
const OPERATIONS_WITH_THE_SAME = 25
/** How many of the offered, and of other times, are tried after each operation. */
const TRIED = 2

interface World {
  acme: TestWorkspace
  agents: Staff[]
  visitors: string[]
  meetingIds: string[]
}

const app = useApp(startApp)

const range = () => {
  const from = app.clock.now()
  return { from: from.toISOString(), to: new Date(from.getTime() + 4 * DAY).toISOString() }
}

/** All quarters of an hour in the range. */
function everyQuarter(): string[] {
  const { from, to } = range()
  const first = Math.ceil(Date.parse(from) / (15 * MINUTE)) * 15 * MINUTE
  const count = (Date.parse(to) - first) / (15 * MINUTE)
  return Array.from({ length: count }, (_, quarter) => new Date(first + quarter * 15 * MINUTE).toISOString())
}

async function startOf(token: string, id: string): Promise<string> {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Meeting { startsAt } } }'
  const { node } = await data<{ node: { startsAt: string } }>(
    app.execute(query, { variables: { id }, token }),
  )
  return node.startsAt
}

const pick = <Item>(items: Item[], seed: number): Item | undefined => items[seed % Math.max(items.length, 1)]

async function createWorld(): Promise<World> {
  app.clock.set(START)
  const acme = await createTestWorkspace(app)
  const agents: Staff[] = []
  for (const [name, hours] of [
    ['One', { timeZone: 'Europe/Berlin' }],
    ['Two', { timeZone: 'America/New_York', durationMinutes: 45, bufferMinutes: 10 }],
    [
      'Three',
      { timeZone: 'Asia/Kolkata', durationMinutes: 20, minimumNoticeMinutes: 90, bookingWindowDays: 3 },
    ],
  ] as const) {
    agents.push(await createBookableAgent(app, acme, { name, hours }))
  }
  const visitors = [await createVisitor(app, acme), await createVisitor(app, acme)]
  return { acme, agents, visitors, meetingIds: [] }
}

async function offeredTo({ visitor, target }: { visitor: string; target: object }) {
  return startsOf(await slots(app, { token: visitor, target, ...range() }))
}

async function perform(world: World, { kind, seed }: { kind: string; seed: number }): Promise<void> {
  const visitor = pick(world.visitors, seed) ?? ''
  const agent = pick(world.agents, seed)
  const target = seed % 2 ? { roundRobin: true } : { agentId: agent?.id }
  const startsAt = pick(await offeredTo({ visitor, target }), seed)
  const meetingId = pick(world.meetingIds, seed)
  if (kind === 'wait') app.clock.advance((seed % 300) * MINUTE)
  if (kind === 'hold' && startsAt) await hold(app, { token: visitor, input: { target, startsAt } })
  if (kind === 'book' && startsAt) {
    const meeting = await book(app, { token: visitor, input: { target, startsAt } })
    expect(meeting.__typename).toBe('Meeting')
    world.meetingIds.push(meeting.id)
  }
  if (kind === 'hours') await changeHours(agent, seed)
  if (kind === 'pause') await pause(world, { agentId: agent?.id ?? '', paused: seed % 3 === 0 })
  const mutation = { cancel: 'cancelMeeting', reassign: 'reassignMeeting', reschedule: 'rescheduleMeeting' }[
    kind
  ]
  if (mutation && meetingId && (kind !== 'reschedule' || startsAt)) {
    const input = { meetingId, ...(kind === 'reschedule' ? { startsAt } : {}) }
    await mutateMeeting(app, { mutation, token: world.acme.admin.token, input })
  }
}

async function changeHours(agent: Staff | undefined, seed: number): Promise<void> {
  const mutation = `mutation ($input: SetMeetingAvailabilityInput!) {
    setMeetingAvailability(input: $input) { __typename } }`
  const weekly = ['TUESDAY', 'WEDNESDAY', 'THURSDAY'].map((weekday) => ({
    weekday,
    start: `${String(6 + (seed % 5)).padStart(2, '0')}:00`,
    end: '18:30',
  }))
  const input = {
    timeZone: pick(['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'], seed),
    weekly,
    durationMinutes: pick([15, 30, 50], seed),
    bufferMinutes: pick([0, 5, 30], seed >> 2),
    slotStepMinutes: pick([null, 10, 60], seed >> 3),
    minimumNoticeMinutes: 0,
  }
  const changed = await data(app.execute(mutation, { variables: { input }, token: agent?.token ?? '' }))
  expect(changed).toEqual({ setMeetingAvailability: { __typename: 'MeetingAvailability' } })
}

async function pause(world: World, input: { agentId: string; paused: boolean }): Promise<void> {
  const mutation = `mutation ($input: SetRoutingPausedInput!) { setRoutingPaused(input: $input) { __typename } }`
  const variables = { input: { kind: 'MEETING', ...input } }
  await data(app.execute(mutation, { variables, token: world.acme.admin.token }))
}

/** What is offered can be held, what is not offered cannot. */
async function expectOfferedMeansBookable(world: World, seed: number): Promise<void> {
  const visitor = pick(world.visitors, seed) ?? ''
  for (const target of [{ roundRobin: true }, { agentId: pick(world.agents, seed)?.id }]) {
    const offered = await offeredTo({ visitor, target })
    for (let number = 0; number < TRIED; number++) {
      const startsAt = pick(offered, seed * 7 + number * 31)
      if (startsAt === undefined) continue
      const held = await hold(app, { token: visitor, input: { target, startsAt } })
      expect(`${startsAt} ${held.__typename}`).toBe(`${startsAt} SlotHold`)
      const other = new Date(Date.parse(startsAt) + (1 + (seed % 90)) * MINUTE).toISOString()
      if (offered.includes(other)) continue
      const refused = await hold(app, { token: visitor, input: { target, startsAt: other } })
      expect(['SlotUnavailableError', 'NoAgentAvailableError']).toContain(refused.__typename)
    }
  }
}

/** What is listed for a meeting that is to be moved is exactly what `rescheduleMeeting` accepts. */
async function expectListedMeansMovable(world: World, seed: number): Promise<void> {
  const meetingId = pick(world.meetingIds, seed)
  if (meetingId === undefined) return
  const { token } = world.acme.admin
  const move = (startsAt: string) =>
    mutateMeeting(app, { mutation: 'rescheduleMeeting', token, input: { meetingId, startsAt } })
  const present = await startOf(token, meetingId)
  const listed = startsOf(await slots(app, { token, movingMeetingId: meetingId, ...range() }))
  const chosen = pick(listed, seed * 11)
  const other = pick(everyQuarter(), seed * 13)
  if (other !== undefined && other !== present && !listed.includes(other)) {
    expect([other, (await move(other)).__typename]).not.toEqual([other, 'Meeting'])
  }
  if (chosen === undefined) return
  const moved = await move(chosen)
  expect([chosen, moved.startsAt]).toEqual([chosen, chosen])
}

it(
  `offers what can be booked and nothing else, through ${budget.extent} operations`,
  () =>
    budget.run(async () => {
      const world = await createWorld()
      for (let number = 0; number < OPERATIONS_WITH_THE_SAME && budget.hasMore; number++) {
        const each = { kind: drawKind(), seed: random(10_000) }
        await perform(world, each)
        await expectOfferedMeansBookable(world, each.seed)
        await expectListedMeansMovable(world, each.seed)
        budget.note(each.kind)
      }
    }),
  budget.deadlineMs,
)
