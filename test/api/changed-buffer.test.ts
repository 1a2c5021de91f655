import { describe, expect, it } from 'vitest'
import { setHours } from '../kit/actors.ts'
import { book, createBookableAgent, slots, startsOf } from '../kit/booking.ts'
import { HOUR } from '../kit/clock.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TUESDAY } from '../kit/times.ts'

const { app, acme, beth, visitor, database } = useScene({
  beth: bookable({ hours: { bufferMinutes: 60 } }),
  visitor: aVisitor,
})

describe('a buffer that is changed', () => {
  const weekly = [{ weekday: 'TUESDAY', start: '09:00', end: '17:00' }]
  const withBuffer = (bufferMinutes: number) => ({ timeZone: 'UTC', weekly, bufferMinutes })
  const take = (startsAt: string) =>
    book(app, { token: visitor.token, input: { target: { agentId: beth.id }, startsAt } })
  const offered = async () =>
    startsOf(await slots(app, { token: visitor.token, target: { agentId: beth.id }, ...TUESDAY }))

  it('frees the time after booked meetings when it becomes shorter', async () => {
    await take(NINE)
    expect(await offered()).not.toContain(at('09:30'))
    await setHours(app, beth, withBuffer(0))
    expect(await offered()).toContain(at('09:30'))
    expect((await take(at('09:30'))).__typename).toBe('Meeting')
  })

  it('frees it also after the meeting, while the longer buffer lasts', async () => {
    await take(NINE)
    app.clock.set(at('09:30'))
    await setHours(app, beth, withBuffer(0))
    expect((await take(at('09:30'))).__typename).toBe('Meeting')
  })

  it('keeps more time free when it becomes longer, and changes no booked meeting', async () => {
    await take(NINE)
    await take(at('10:30'))
    const rows = () => database.reservation.findMany({ where: { agentId: beth.agentId } })
    const before = await rows()
    await setHours(app, beth, withBuffer(120))
    expect(await rows()).toEqual(before)
    expect((await offered())[0]).toBe(at('13:00'))
  })

  it('leaves the reservations of other agents alone', async () => {
    const cleo = await createBookableAgent(app, acme, { name: 'Cleo Vance', hours: { bufferMinutes: 60 } })
    await book(app, { token: visitor.token, input: { target: { agentId: cleo.id }, startsAt: NINE } })
    await setHours(app, beth, withBuffer(0))
    const where = { agentId: cleo.agentId }
    const { endsAt, blockedUntil } = await database.reservation.findFirstOrThrow({ where })
    expect(blockedUntil.getTime() - endsAt.getTime()).toBe(HOUR)
  })
})
