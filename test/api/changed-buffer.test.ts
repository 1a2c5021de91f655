import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, setHours, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, slots, startsOf } from '../kit/booking.ts'
import { HOUR } from '../kit/clock.ts'

const TUESDAY = { from: '2026-03-03T00:00:00Z', to: '2026-03-04T00:00:00Z' }
const NINE = '2026-03-03T09:00:00.000Z'

let app: TestApp
let acme: TestWorkspace
let beth: Staff
let visitor: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  beth = await createBookableAgent(app, acme, { name: 'Beth Moore', hours: { bufferMinutes: 60 } })
  visitor = await createVisitor(app, acme)
})

const database = () => app.app.services.database

describe('a buffer that is changed', () => {
  const weekly = [{ weekday: 'TUESDAY', start: '09:00', end: '17:00' }]
  const withBuffer = (bufferMinutes: number) => ({ timeZone: 'UTC', weekly, bufferMinutes })
  const take = (startsAt: string) =>
    book(app, { token: visitor, input: { target: { agentId: beth.id }, startsAt } })
  const offered = async () =>
    startsOf(await slots(app, { token: visitor, target: { agentId: beth.id }, ...TUESDAY }))

  it('frees the time after booked meetings when it becomes shorter', async () => {
    await take(NINE)
    expect(await offered()).not.toContain('2026-03-03T09:30:00.000Z')
    await setHours(app, beth, withBuffer(0))
    expect(await offered()).toContain('2026-03-03T09:30:00.000Z')
    expect((await take('2026-03-03T09:30:00Z')).__typename).toBe('Meeting')
  })

  it('frees it also when the meeting is over and the longer buffer is not', async () => {
    await take(NINE)
    app.clock.set('2026-03-03T09:30:00Z')
    await setHours(app, beth, withBuffer(0))
    expect((await take('2026-03-03T09:30:00Z')).__typename).toBe('Meeting')
  })

  it('keeps more time free when it becomes longer, and touches no booked meeting', async () => {
    await take(NINE)
    await take('2026-03-03T10:30:00Z')
    const rows = () => database().reservation.findMany({ where: { agentId: beth.agentId } })
    const before = await rows()
    await setHours(app, beth, withBuffer(120))
    expect(await rows()).toEqual(before)
    expect((await offered())[0]).toBe('2026-03-03T13:00:00.000Z')
  })

  it('leaves the reservations of other agents alone', async () => {
    const cleo = await createBookableAgent(app, acme, { name: 'Cleo Vance', hours: { bufferMinutes: 60 } })
    await book(app, { token: visitor, input: { target: { agentId: cleo.id }, startsAt: NINE } })
    await setHours(app, beth, withBuffer(0))
    const where = { agentId: cleo.agentId }
    const { endsAt, blockedUntil } = await database().reservation.findFirstOrThrow({ where })
    expect(blockedUntil.getTime() - endsAt.getTime()).toBe(HOUR)
  })
})
