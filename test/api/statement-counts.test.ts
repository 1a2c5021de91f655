import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting, slots } from '../kit/booking.ts'
import { ROUTES } from '../kit/calendar-looks.ts'
import { createConnectedAgent, PROVIDERS, startCalendarApp } from '../kit/calendars.ts'
import { createChatAgent, requestChat } from '../kit/chat.ts'
import { countStatements, recordStatements } from '../kit/count-statements.ts'
import { mutate } from '../kit/mutate.ts'
import { emulatorOf } from '../kit/providers/kits.ts'
import type { ProviderRoutes } from '../kit/providers/provider-kit.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { slotAt } from '../kit/times.ts'

const WEEK = { from: '2026-03-03T00:00:00Z', to: '2026-03-10T00:00:00Z' }
const ROUND_ROBIN = { target: { roundRobin: true } }
const MORE = 8

const { app, acme, admin, first, visitor } = useScene(
  { first: bookable({ name: 'Agent 0' }), visitor: aVisitor },
  { once: true },
)
let number = 0

beforeAll(async () => {
  await bookNext()
  await requestNext()
})

const bookNext = () =>
  book(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt: slotAt(number++) } })

/** Of a new visitor. */
const requestNext = async () => {
  const token = await createVisitor(app, acme)
  await requestChat(app, token, { text: 'Do you ship engines to Mars?' })
}

/** Operations that are counted with few rows and with many. */
const READS: Record<string, () => Promise<unknown>> = {
  slots: () => slots(app, { token: visitor.token, ...ROUND_ROBIN, ...WEEK }),
  meetings: () =>
    data(
      app.execute(
        `{ meetings(first: 50) { nodes { id past subject agent { name } person { email }
          history { kind actorAgent { name } actorPerson { email } agent { name } previousAgent { name } }
          decision { pool agent { name } steps { agent { name } team { name } } } } } }`,
        { token: admin.token },
      ),
    ),
  agents: () =>
    data(
      app.execute(
        `{ agents(first: 50) { nodes { name meetingsToDate roles { name } calendar { state }
          meetingAvailability { timeZone } meetings(first: 5) { nodes { subject person { email } } } } } }`,
        { token: admin.token },
      ),
    ),
  console: () =>
    data(
      app.execute(
        `{ viewerUnread conversations(first: 50) { nodes { unread unreadTotal lastReadByVisitor lastReadByAgent
          agentPresent visitorPresent person { email } agent { name }
          messages(last: 1) { nodes { text clientKey } } } } }`,
        { token: admin.token },
      ),
    ),
  routingQueue: () =>
    data(
      app.execute(
        '{ routingQueue(kind: MEETING) { next { name } entries { assignedToDate agent { name email } } } }',
        { token: admin.token },
      ),
    ),
  explainRouting: () =>
    data(
      app.execute(
        `{ explainRouting(kind: MEETING, target: { roundRobin: true }, startsAt: "2026-03-03T03:00:00Z") {
          agent { name } steps { skipped { agent { name } ineligibleBecause } } } }`,
        { token: admin.token },
      ),
    ),
}

it('reads with the same number of statements, however many agents and meetings there are', async () => {
  const few: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) few[name] = await countStatements(read)
  for (let index = 1; index <= MORE; index++) {
    await createBookableAgent(app, acme, { name: `Agent ${index}` })
    await bookNext()
    await requestNext()
  }
  const many: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) many[name] = await countStatements(read)
  expect(many).toEqual(few)
})

it('books with the same number of statements, however many agents there are', async () => {
  const startsAt = slotAt(number++)
  const alone = await countStatements(() =>
    book(app, { token: visitor.token, input: { target: { agentId: first.id }, startsAt } }),
  )
  const inTurn = await countStatements(bookNext)
  // Two statements read the pool and its members instead of the named agent.
  expect(inTurn - alone).toBeLessThanOrEqual(2)
})

it('offers a chat with the same number of statements, two under the lock of the pool, however many agents there are', async () => {
  const helpdesk = await createTestWorkspace(app)
  const request = async () => {
    const token = await createVisitor(app, helpdesk)
    const input = { text: 'Do you ship engines to Mars?' }
    return recordStatements(async () => {
      const select = '... on Conversation { id state }'
      const { state } = await mutate(app, { mutation: 'requestLiveChat', token, input, select })
      expect(state).toBe('OFFERED')
    })
  }
  await createChatAgent(app, helpdesk, 'Agent 0')
  const alone = await request()
  for (let index = 1; index <= MORE; index++) await createChatAgent(app, helpdesk, `Agent ${index}`)
  const among = await request()
  expect(among).toHaveLength(alone.length)
  const locked = among.findIndex((sql) => sql.includes('FROM "RoutingPool"') && sql.includes('FOR UPDATE'))
  expect([locked, among.length - locked - 1]).toMatchInlineSnapshot(`
    [
      4,
      2,
    ]
  `)
})

it('takes exactly these statements for each operation, including those that read the viewer', async () => {
  const startsAt = slotAt(number++)
  const counts: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) counts[name] = await countStatements(read)
  counts.holdSlot = await countStatements(() =>
    hold(app, { token: visitor.token, input: { ...ROUND_ROBIN, startsAt } }),
  )
  let meetingId = ''
  counts.bookMeeting = await countStatements(async () => {
    const input = { ...ROUND_ROBIN, startsAt, idempotencyKey: 'counted' }
    meetingId = (await book(app, { token: visitor.token, input })).id
  })
  const change = (mutation: string, input: object) => () =>
    mutateMeeting(app, { mutation, token: visitor.token, input: { meetingId, ...input } })
  counts.rescheduleMeeting = await countStatements(
    change('rescheduleMeeting', { startsAt: slotAt(number++) }),
  )
  counts.cancelMeeting = await countStatements(change('cancelMeeting', {}))
  // Of a visitor, one statement counts the call towards all of its budgets.
  expect(counts).toMatchInlineSnapshot(`
    {
      "agents": 8,
      "bookMeeting": 31,
      "cancelMeeting": 16,
      "console": 8,
      "explainRouting": 5,
      "holdSlot": 17,
      "meetings": 12,
      "rescheduleMeeting": 23,
      "routingQueue": 6,
      "slots": 6,
    }
  `)
  const lookups = await recordStatements(() => slots(app, { token: visitor.token, ...ROUND_ROBIN, ...WEEK }))
  expect(lookups.filter((sql) => sql.includes('"Reservation"'))).toHaveLength(1)
})

it('offers slots of external calendars without asking them, and asks at most twice to book', async () => {
  const outside = await startCalendarApp()
  onTestFinished(() => outside.stop())
  const token = await createVisitor(outside, outside.workspace)
  for (const provider of PROVIDERS) await createConnectedAgent(outside, provider, provider)
  const count = (route: keyof ProviderRoutes) =>
    PROVIDERS.map((provider) => emulatorOf(outside, provider).log.count(ROUTES[provider][route]))
  const askedFor = () => count('anything').reduce((sum, asked) => sum + asked, 0)
  const before = askedFor()
  const offer = await countStatements(() => slots(outside, { token, ...ROUND_ROBIN, ...WEEK }))
  expect(askedFor()).toBe(before)
  const booking = await countStatements(() =>
    book(outside, { token, input: { ...ROUND_ROBIN, startsAt: slotAt(0) } }),
  )
  // One request reads the events at that time; Microsoft needs another for the zone of the mailbox.
  expect(askedFor() - before).toBeLessThanOrEqual(2)
  expect(count('writes')).toEqual([0, 0])
  expect({ slots: offer, bookMeeting: booking }).toMatchInlineSnapshot(`
    {
      "bookMeeting": 46,
      "slots": 6,
    }
  `)
})
