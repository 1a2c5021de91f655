import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { data, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting, slots } from '../kit/booking.ts'
import { countStatements, recordStatements } from '../kit/count-statements.ts'

const WEEK = { from: '2026-03-03T00:00:00Z', to: '2026-03-10T00:00:00Z' }
const ANYBODY = { target: { roundRobin: true } }
const MORE = 8

let app: TestApp
let acme: TestWorkspace
let agents: Staff[]
let visitor: string
let number = 0

beforeAll(async () => {
  app = await startApp()
  acme = await createTestWorkspace(app)
  agents = [await createBookableAgent(app, acme, { name: 'Agent 0' })]
  visitor = await createVisitor(app, acme)
  await bookNext()
})
afterAll(() => app.stop())

const at = (index: number) => new Date(Date.UTC(2026, 2, 3, 9, 30 * index)).toISOString()
const bookNext = () => book(app, { token: visitor, input: { ...ANYBODY, startsAt: at(number++) } })

/** Of an operation, before and after there is more of everything. */
const READS: Record<string, () => Promise<unknown>> = {
  slots: () => slots(app, { token: visitor, ...ANYBODY, ...WEEK }),
  meetings: () =>
    data(
      app.execute(
        `{ meetings(first: 50) { nodes { id past subject agent { name } person { email }
          history { kind at } decision { pool agent { name } } } } }`,
        { token: acme.admin.token },
      ),
    ),
  agents: () =>
    data(
      app.execute(
        `{ agents(first: 50) { nodes { name meetingsToDate roles { name } calendar { status }
          meetingAvailability { timeZone } meetings(first: 5) { nodes { subject person { email } } } } } }`,
        { token: acme.admin.token },
      ),
    ),
  routingQueue: () =>
    data(
      app.execute(
        '{ routingQueue(kind: MEETING) { next { name } entries { assignedToDate agent { name email } } } }',
        { token: acme.admin.token },
      ),
    ),
  explainRouting: () =>
    data(
      app.execute(
        `{ explainRouting(kind: MEETING, target: { roundRobin: true }, startsAt: "2026-03-03T03:00:00Z") {
          agent { name } steps { skipped { agent { name } because } } } }`,
        { token: acme.admin.token },
      ),
    ),
}

it('read with the same number of statements, however many agents and meetings there are', async () => {
  const few: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) few[name] = await countStatements(read)
  for (let index = 1; index <= MORE; index++) {
    agents.push(await createBookableAgent(app, acme, { name: `Agent ${index}` }))
    await bookNext()
  }
  const many: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) many[name] = await countStatements(read)
  expect(many).toEqual(few)
})

it('books with the same number of statements, however many agents there are', async () => {
  const startsAt = at(number++)
  const alone = await countStatements(() =>
    book(app, { token: visitor, input: { target: { agentId: agents[0]?.id }, startsAt } }),
  )
  const inTurn = await countStatements(bookNext)
  // The pool's pointer and its members in place of the one agent.
  expect(inTurn - alone).toBeLessThanOrEqual(2)
})

it('keeps the table of docs/benchmarks.md: statements of each operation, the viewer’s included', async () => {
  const startsAt = at(number++)
  const counts: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) counts[name] = await countStatements(read)
  counts.holdSlot = await countStatements(() =>
    hold(app, { token: visitor, input: { ...ANYBODY, startsAt } }),
  )
  let meetingId = ''
  counts.bookMeeting = await countStatements(async () => {
    const input = { ...ANYBODY, startsAt, idempotencyKey: 'counted' }
    meetingId = (await book(app, { token: visitor, input })).id
  })
  const change = (mutation: string, input: object) => () =>
    mutateMeeting(app, { mutation, token: visitor, input: { meetingId, ...input } })
  counts.rescheduleMeeting = await countStatements(change('rescheduleMeeting', { startsAt: at(number++) }))
  counts.cancelMeeting = await countStatements(change('cancelMeeting', {}))
  expect(counts).toMatchInlineSnapshot(`
    {
      "agents": 8,
      "bookMeeting": 27,
      "cancelMeeting": 13,
      "explainRouting": 5,
      "holdSlot": 15,
      "meetings": 7,
      "rescheduleMeeting": 19,
      "routingQueue": 6,
      "slots": 5,
    }
  `)
  const lookups = await recordStatements(() => slots(app, { token: visitor, ...ANYBODY, ...WEEK }))
  expect(lookups.filter((sql) => sql.includes('"Reservation"'))).toHaveLength(1)
})
