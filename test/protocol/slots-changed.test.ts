import { describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
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
import { chat, createChatAgent, requestChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'
import { at, NINE, TEN, TUESDAY } from '../kit/times.ts'

const SLOTS = `subscription (
  $target: RoutingTargetInput, $movingMeetingId: ID, $from: DateTime!, $to: DateTime!, $timeZone: TimeZone!
) {
  slotsChanged(target: $target, movingMeetingId: $movingMeetingId, from: $from, to: $to, timeZone: $timeZone) {
    timeZone nextAvailable days { date slots { startsAt endsAt agentCount agent { id } } }
  }
}`

const { app, acme, admin, ada, visitor, other } = useScene(
  { ada: bookable(), visitor: aVisitor, other: aVisitor },
  { start: startOnPort },
)

const ofAda = () => ({ target: { agentId: ada.id } })
const watch = (token: string, variables: object = {}) =>
  subscribe(createSocketClient(app.server.url, token), {
    query: SLOTS,
    variables: { ...ofAda(), ...TUESDAY, timeZone: 'UTC', ...variables },
  })
const BOARD = `subscription {
  workspaceEvents { __typename ... on ConversationChanged { conversation { endedAt } } }
}`
/** The feed's first statement of each computation. */
const READING_HOLDS = /SELECT "holder", "agentId", "expiresAt" FROM "Reservation"/
const expectSeen = (live: Subscription, event: object) =>
  eventually(() => expect(live.events()).toContainEqual(expect.objectContaining(event)))
const latest = ({ events }: Subscription) => events().at(-1) as unknown as Slots

describe('slotsChanged', () => {
  it('delivers the free slots at once, the same as the query', async () => {
    const live = watch(visitor.token)
    await live.waitFor(1)
    expect(latest(live)).toEqual(await slots(app, { token: visitor.token, ...ofAda(), ...TUESDAY }))
  })

  it('removes a booked slot for every subscriber, and restores it when the meeting is cancelled', async () => {
    const [live, another] = [watch(visitor.token), watch(other.token)]
    await Promise.all([live.waitFor(1), another.waitFor(1)])
    const meeting = await book(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
    await Promise.all([live.waitFor(2), another.waitFor(2)])
    for (const one of [live, another]) expect(startsOf(latest(one))).not.toContain(NINE)
    const input = { meetingId: meeting.id }
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: other.token, input })
    await Promise.all([live.waitFor(3), another.waitFor(3)])
    for (const one of [live, another]) expect(startsOf(latest(one))).toContain(NINE)
  })

  it('delivers the times to which a meeting can be moved, without its own in the way', async () => {
    const call = { token: visitor.token, input: { ...ofAda(), startsAt: NINE } }
    const { id: meetingId } = await book(app, call)
    const live = watch(visitor.token, { target: null, movingMeetingId: meetingId })
    await live.waitFor(1)
    expect(startsOf(latest(live))).toContain(NINE)
    await book(app, { token: other.token, input: { ...ofAda(), startsAt: TEN } })
    await live.waitFor(2)
    expect(startsOf(latest(live))).not.toContain(TEN)
    const input = { meetingId }
    await mutateMeeting(app, { mutation: 'cancelMeeting', token: visitor.token, input })
    await live.waitFor(3)
    expect(latest(live)).toMatchObject({ days: [], nextAvailable: null })
  })

  it('hides a held slot from others but not from its holder, until the hold ends', async () => {
    const [holder, another] = [watch(visitor.token), watch(other.token)]
    await Promise.all([holder.waitFor(1), another.waitFor(1)])
    await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    await another.waitFor(2)
    expect(startsOf(latest(another))).not.toContain(NINE)
    app.clock.advance(5 * MINUTE)
    await another.waitFor(3)
    expect(startsOf(latest(another))).toContain(NINE)
    expect(holder.events()).toHaveLength(1)
  })

  it('restores a released slot at once', async () => {
    const held = await hold(app, { token: visitor.token, input: { ...ofAda(), startsAt: NINE } })
    const live = watch(other.token)
    await live.waitFor(1)
    const release = 'mutation ($id: ID!) { releaseHold(input: { holdId: $id }) { __typename } }'
    await data(app.execute(release, { variables: { id: held.id }, token: visitor.token }))
    await live.waitFor(2)
    expect(startsOf(latest(live))).toContain(NINE)
  })

  it('removes slots that have passed', async () => {
    app.clock.set('2026-03-03T08:59:30Z')
    const live = watch(visitor.token)
    await live.waitFor(1)
    expect(startsOf(latest(live))[0]).toBe(NINE)
    app.clock.set('2026-03-03T09:00:30Z')
    await live.waitFor(2)
    expect(startsOf(latest(live))[0]).toBe(at('09:30'))
  })

  it('sends nothing to a subscriber whose slots did not change', async () => {
    const wednesday = { from: '2026-03-04T00:00:00Z', to: '2026-03-05T00:00:00Z' }
    const [tuesday, later] = [watch(visitor.token), watch(visitor.token, wednesday)]
    await Promise.all([tuesday.waitFor(1), later.waitFor(1)])
    await book(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
    await tuesday.waitFor(2)
    await book(app, { token: other.token, input: { ...ofAda(), startsAt: TEN } })
    await tuesday.waitFor(3)
    expect(later.events()).toHaveLength(1)
  })

  it('computes the free slots once for all subscribers', async () => {
    const computations = async (watchers: Subscription[], startsAt: string) => {
      const before = watchers.map(({ events }) => events().length)
      const statements = await recordStatements(async () => {
        await book(app, { token: other.token, input: { ...ofAda(), startsAt } })
        await Promise.all(watchers.map((one, index) => one.waitFor((before[index] ?? 0) + 1)))
      })
      return statements.filter((sql) => sql.includes('timestamptz_send')).length
    }
    const one = [watch(visitor.token)]
    await one[0]?.waitFor(1)
    const forOne = await computations(one, NINE)
    const many = [...one]
    // Ranges within the same days, as of clients that ask for slots from now on.
    for (let number = 0; number < 9; number++) {
      const from = at(`0${number}:11`)
      many.push(watch(await createVisitor(app, acme), { from }))
    }
    await Promise.all(many.slice(1).map((live) => live.waitFor(1)))
    expect(await computations(many, TEN)).toBe(forOne)
  })

  it('computes nothing while agents sign in and chats come and go', async () => {
    const board = subscribe(createSocketClient(app.server.url, admin.token), { query: BOARD })
    const live = watch(visitor.token)
    await Promise.all([board.waitFor(1), live.waitFor(1)])
    const statements = await recordStatements(async () => {
      await createChatAgent(app, acme, 'Grace Hopper')
      const { id: conversationId } = await requestChat(app, other.token)
      await sweepChats(app.app.services)
      await expectSeen(board, { __typename: 'LiveChatStatusChanged' })
      await chat(app, { mutation: 'endChat', token: other.token, input: { conversationId } })
      await expectSeen(board, { conversation: { endedAt: expect.any(String) } })
      await book(app, { token: other.token, input: { ...ofAda(), startsAt: NINE } })
      await live.waitFor(2)
    })
    expect(statements.filter((sql) => READING_HOLDS.test(sql))).toHaveLength(1)
  })

  it('sends nothing more to an agent who was removed', async () => {
    const live = watch(ada.token)
    await live.waitFor(1)
    const remove = 'mutation ($id: ID!) { removeAgent(input: { agentId: $id }) { __typename } }'
    await data(app.execute(remove, { variables: { id: ada.id }, token: admin.token }))
    expect(await live.waitForEnd()).toEqual({ code: 4403 })
    expect(live.events()).toHaveLength(1)
  })

  it('is refused for a target of another workspace, and to anonymous clients', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const theirs = await createBookableAgent(app, globex)
    const live = watch(visitor.token, { target: { agentId: theirs.id } })
    expect(await live.waitForEnd()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    const anonymous = subscribe(createSocketClient(app.server.url), {
      query: SLOTS,
      variables: { ...ofAda(), ...TUESDAY, timeZone: 'UTC' },
    })
    expect(await anonymous.waitForEnd()).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
})
