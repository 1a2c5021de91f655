import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, START } from '../kit/app.ts'
import {
  book,
  createBookableAgent,
  createVisitor,
  hold,
  mutateMeeting,
  type Slots,
  slots,
  startsOf,
} from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { startOnPort, type TestServer } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
const NINE = '2026-03-03T09:00:00.000Z'
const TEN = '2026-03-03T10:00:00.000Z'
const SLOTS = `subscription ($target: RoutingTargetInput!, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slotsChanged(target: $target, from: $from, to: $to, timeZone: $timeZone) {
    timeZone nextAvailable days { date slots { startsAt endsAt agents agent { id } } }
  }
}`

let app: TestServer
let acme: TestWorkspace
let ada: Staff
let visitor: string
let other: string

beforeAll(async () => {
  app = await startOnPort()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme)
  visitor = await createVisitor(app, acme)
  other = await createVisitor(app, acme)
})

const ofAda = () => ({ target: { agentId: ada.id } })
const watch = (token: string, variables: object = {}) =>
  subscribe(createSocketClient(app.server.url, token), {
    query: SLOTS,
    variables: { ...ofAda(), ...TUESDAY, timeZone: 'UTC', ...variables },
  })
const latest = ({ events }: Subscription) => events().at(-1) as unknown as Slots

describe('slotsChanged', () => {
  it('tells the free slots at once, as the query has them', async () => {
    const live = watch(visitor)
    await live.waitFor(1)
    expect(latest(live)).toEqual(await slots(app, { token: visitor, ...ofAda(), ...TUESDAY }))
  })

  it('takes a booked slot away from everybody who watches, and gives it back when it is cancelled', async () => {
    const [live, another] = [watch(visitor), watch(other)]
    await Promise.all([live.waitFor(1), another.waitFor(1)])
    const meeting = await book(app, { token: other, input: { ...ofAda(), startsAt: NINE } })
    await Promise.all([live.waitFor(2), another.waitFor(2)])
    for (const one of [live, another]) expect(startsOf(latest(one))).not.toContain(NINE)
    const input = { meetingId: meeting.id }
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: other, input })
    await Promise.all([live.waitFor(3), another.waitFor(3)])
    for (const one of [live, another]) expect(startsOf(latest(one))).toContain(NINE)
  })

  it('hides a held slot from others but not from its holder, until the hold ends', async () => {
    const [holder, another] = [watch(visitor), watch(other)]
    await Promise.all([holder.waitFor(1), another.waitFor(1)])
    await hold(app, { token: visitor, input: { ...ofAda(), startsAt: NINE } })
    await another.waitFor(2)
    expect(startsOf(latest(another))).not.toContain(NINE)
    app.clock.advance(5 * MINUTE)
    await another.waitFor(3)
    expect(startsOf(latest(another))).toContain(NINE)
    expect(holder.events()).toHaveLength(1)
  })

  it('gives a released slot back at once', async () => {
    const held = await hold(app, { token: visitor, input: { ...ofAda(), startsAt: NINE } })
    const live = watch(other)
    await live.waitFor(1)
    const release = 'mutation ($id: ID!) { releaseHold(input: { holdId: $id }) { __typename } }'
    await data(app.execute(release, { variables: { id: held.id }, token: visitor }))
    await live.waitFor(2)
    expect(startsOf(latest(live))).toContain(NINE)
  })

  it('goes with the clock: what is over vanishes', async () => {
    app.clock.set('2026-03-03T08:59:30Z')
    const live = watch(visitor)
    await live.waitFor(1)
    expect(startsOf(latest(live))[0]).toBe(NINE)
    app.clock.set('2026-03-03T09:00:30Z')
    await live.waitFor(2)
    expect(startsOf(latest(live))[0]).toBe('2026-03-03T09:30:00.000Z')
  })

  it('sends nothing when nothing changed for it', async () => {
    const wednesday = { from: '2026-03-04T00:00:00Z', to: '2026-03-05T00:00:00Z' }
    const [tuesday, later] = [watch(visitor), watch(visitor, wednesday)]
    await Promise.all([tuesday.waitFor(1), later.waitFor(1)])
    await book(app, { token: other, input: { ...ofAda(), startsAt: NINE } })
    await tuesday.waitFor(2)
    await book(app, { token: other, input: { ...ofAda(), startsAt: TEN } })
    await tuesday.waitFor(3)
    expect(later.events()).toHaveLength(1)
  })

  it('computes what is free once, however many watch', async () => {
    const computations = async (watchers: Subscription[], startsAt: string) => {
      const before = watchers.map(({ events }) => events().length)
      const statements = await recordStatements(async () => {
        await book(app, { token: other, input: { ...ofAda(), startsAt } })
        await Promise.all(watchers.map((one, index) => one.waitFor((before[index] ?? 0) + 1)))
      })
      return statements.filter((sql) => sql.includes('timestamptz_send')).length
    }
    const one = [watch(visitor)]
    await one[0]?.waitFor(1)
    const forOne = await computations(one, NINE)
    const many = [...one]
    const zones = ['UTC', 'Asia/Kolkata', 'America/New_York']
    for (const timeZone of [...zones, ...zones, ...zones]) {
      many.push(watch(await createVisitor(app, acme), { timeZone }))
    }
    await Promise.all(many.slice(1).map((live) => live.waitFor(1)))
    expect(await computations(many, TEN)).toBe(forOne)
  })

  it('tells nothing more to an agent who was removed', async () => {
    const live = watch(ada.token)
    await live.waitFor(1)
    const remove = 'mutation ($id: ID!) { removeAgent(input: { agentId: $id }) { __typename } }'
    await data(app.execute(remove, { variables: { id: ada.id }, token: acme.admin.token }))
    expect(await live.waitForEnd()).toEqual({ code: 4403 })
    expect(live.events()).toHaveLength(1)
  })

  it('is refused for a target of another workspace, and for nobody', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const theirs = await createBookableAgent(app, globex)
    const live = watch(visitor, { target: { agentId: theirs.id } })
    expect(await live.waitForEnd()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    const anonymous = subscribe(createSocketClient(app.server.url), {
      query: SLOTS,
      variables: { ...ofAda(), ...TUESDAY, timeZone: 'UTC' },
    })
    expect(await anonymous.waitForEnd()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })
})
