// Clients that watch many free slots at a time, beside one that watches those that it needs.
import { describe, expect, it } from 'vitest'
import { MAX_WATCHES } from '../../src/server/live/watch-limit.ts'
import { book, createBookableAgent, createVisitor, hold } from '../kit/booking.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { onPostgres } from '../kit/database.ts'
import { eventually } from '../kit/eventually.ts'
import { connectRawSocket } from '../kit/raw-socket.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, subscribe } from '../kit/socket-client.ts'
import { NINE, TEN, TUESDAY } from '../kit/times.ts'

const SLOTS = `subscription ($target: RoutingTargetInput, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!) {
  slotsChanged(target: $target, from: $from, to: $to, timeZone: $timeZone) {
    days { date slots { startsAt } }
  }
}`
/** The feed's first statement of each computation. */
const READING_HOLDS = /SELECT "holder", "agentId", "expiresAt" FROM "Reservation"/

const { app, acme, ada, visitor, other } = useScene(
  { ada: bookable(), visitor: aVisitor, other: aVisitor },
  { start: startOnPort },
)

const ofAda = () => ({ target: { agentId: ada.id } })
const watch = (token: string, variables: object = {}, onResult = () => {}) =>
  subscribe(createSocketClient(app.server.url, token), {
    query: SLOTS,
    onResult,
    variables: { ...ofAda(), ...TUESDAY, timeZone: 'UTC', ...variables },
  })
const day = (number: number) => new Date(Date.UTC(2026, 2, 3 + number)).toISOString()
const distinct = (number: number) => ({ from: day(number), to: day(number + 1) })

describe('a client that watches many different slots', () => {
  it('is refused beyond its limit, and keeps the others', async () => {
    const raw = await connectRawSocket(app.server.url, visitor.token)
    const start = (number: number) => {
      const variables = { ...ofAda(), timeZone: 'UTC', ...distinct(number) }
      raw.send({ type: 'subscribe', id: `${number}`, payload: { query: SLOTS, variables } })
    }
    for (let number = 0; number < MAX_WATCHES.caller; number++) start(number)
    for (let number = 0; number < MAX_WATCHES.caller; number++) await raw.received(`${number}`, 1)
    start(MAX_WATCHES.caller)
    const [refused] = await raw.received(`${MAX_WATCHES.caller}`, 1)
    expect(refused?.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'TOO_MANY_OPERATIONS' }])
    await book(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
    await raw.received('0', 2)
    raw.send({ type: 'complete', id: '0' })
    await eventually(async () => {
      start(MAX_WATCHES.caller + 1)
      const [again] = await raw.received(`${MAX_WATCHES.caller + 1}`, 1)
      expect(again?.data).toBeDefined()
    })
  })

  it.runIf(onPostgres())('does not delay another client by more than a few turns', async () => {
    const greedy = await Promise.all(Array.from({ length: 3 }, () => createVisitor(app, acme)))
    const all = greedy.flatMap((token, index) =>
      Array.from({ length: MAX_WATCHES.caller }, (_, number) =>
        watch(token, distinct(1 + 20 * index + number)),
      ),
    )
    let onResult = () => {}
    const honest = watch(visitor.token, {}, () => onResult())
    await Promise.all([...all, honest].map((live) => live.waitFor(1)))
    let computedBefore = 0
    await recordStatements(async (statements) => {
      // What is computed after it has come would count otherwise.
      onResult = () => {
        computedBefore ||= statements.filter((sql) => READING_HOLDS.test(sql)).length
      }
      await hold(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
      await honest.waitFor(2)
    })
    expect(computedBefore).toBeGreaterThan(0)
    expect(computedBefore).toBeLessThan(12)
  })
})

describe('the free slots of a target', () => {
  it('are not computed for what happens to agents whom it does not have', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const ofGrace = { target: { agentId: grace.id } }
    const [live, all] = [watch(visitor.token), watch(visitor.token, { target: { roundRobin: true } })]
    await Promise.all([live.waitFor(1), all.waitFor(1)])
    const statements = await recordStatements(async () => {
      await book(app, { token: other.token, input: { ...ofGrace, startsAt: NINE } })
      await hold(app, { token: other.token, input: { ...ofGrace, startsAt: TEN } })
      await book(app, { token: other.token, input: { ...ofAda(), startsAt: TEN } })
      await live.waitFor(2)
    })
    const held = statements.filter((sql) => READING_HOLDS.test(sql)).length
    // Those of Ada once; those of all agents at most once for each of the three.
    expect(held).toBeLessThanOrEqual(4)
    expect(live.events()).toHaveLength(2)
  })

  it('are free again when their holder holds those of another agent', async () => {
    const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
    const live = watch(visitor.token)
    await live.waitFor(1)
    const input = (target: object) => ({ token: other.token, input: { target, startsAt: NINE } })
    await hold(app, input({ agentId: ada.id }))
    await live.waitFor(2)
    await hold(app, input({ agentId: grace.id }))
    await live.waitFor(3)
    expect(live.events()[2]).toEqual(live.events()[0])
    await hold(app, input({ agentId: ada.id }))
    await live.waitFor(4)
    await book(app, input({ agentId: grace.id }))
    await live.waitFor(5)
    expect(live.events()[4]).toEqual(live.events()[0])
  })

  it('are those of whole days of the zone, and shared by all who ask within them', async () => {
    const [live, later] = [
      watch(visitor.token),
      watch(other.token, { from: '2026-03-03T11:11:11.111Z', to: '2026-03-03T22:22:22.222Z' }),
    ]
    await Promise.all([live.waitFor(1), later.waitFor(1)])
    expect(later.events()).toEqual(live.events())
    const statements = await recordStatements(async () => {
      await book(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
      await Promise.all([live.waitFor(2), later.waitFor(2)])
    })
    expect(statements.filter((sql) => READING_HOLDS.test(sql))).toHaveLength(1)
  })
})
