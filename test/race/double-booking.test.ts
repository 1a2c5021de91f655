import { describe, expect, it } from 'vitest'
import type { Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import {
  book,
  createBookableAgent,
  createVisitors,
  hold,
  mutateMeeting,
  type Result,
} from '../kit/booking.ts'
import { useScene } from '../kit/scene.ts'
import { at, NINE, slotAt } from '../kit/times.ts'

const CALLERS = 100
/** Half-hour meetings every quarter of an hour: neighbours overlap. */
const QUARTERS = [NINE, at('09:15')]
const ANY_AGENT = { target: { roundRobin: true } }

const { app, acme, admin, visitors } = useScene({ visitors: createVisitors(CALLERS) })

const callAll = (ask: (token: string, number: number) => Promise<Result>) => Promise.all(visitors.map(ask))
const kinds = (results: Result[]) => {
  const count = new Map<string, number>()
  for (const { __typename } of results) count.set(__typename, (count.get(__typename) ?? 0) + 1)
  return Object.fromEntries(count)
}
const person = (number: number) => ({ email: `visitor${number}@example.com` })

describe('100 callers at once', () => {
  it('book overlapping times of one agent: one succeeds, the others get current alternatives', async () => {
    const ada = await createBookableAgent(app, acme)
    const { database } = app.app.services
    await database.meetingAvailability.updateMany({
      where: { workspaceId: acme.workspaceId },
      data: { slotStepMinutes: 15 },
    })
    const results = await callAll((token, number) => {
      const startsAt = QUARTERS[number % QUARTERS.length]
      const input = { target: { agentId: ada.id }, startsAt, person: person(number) }
      return book(app, { token, input })
    })
    expect(kinds(results)).toEqual({ Meeting: 1, SlotUnavailableError: 99 })
    const winner = results.find(({ __typename }) => __typename === 'Meeting')
    for (const { alternatives } of results.filter((result) => result !== winner)) {
      expect(alternatives.length).toBe(5)
      const overlapping = alternatives.filter(
        ({ startsAt }) => Math.abs(Date.parse(startsAt) - Date.parse(winner?.startsAt ?? '')) < 30 * 60_000,
      )
      expect(overlapping).toEqual([])
    }
  })

  it('book one time of three agents: three succeed, with three agents', async () => {
    for (const name of ['One', 'Two', 'Three']) await createBookableAgent(app, acme, { name })
    const results = await callAll((token, number) =>
      book(app, { token, input: { ...ANY_AGENT, startsAt: NINE, person: person(number) } }),
    )
    expect(kinds(results)).toEqual({ Meeting: 3, SlotUnavailableError: 97 })
    const agents = results.flatMap(({ agent }) => agent?.name ?? [])
    expect(agents.sort()).toEqual(['One', 'Three', 'Two'])
  })

  it('book through different pools: no agent gets two meetings', async () => {
    const agents: Staff[] = []
    for (const name of ['One', 'Two', 'Three']) agents.push(await createBookableAgent(app, acme, { name }))
    const results = await callAll((token, number) => {
      const target = number % 2 === 0 ? { roundRobin: true } : { agentId: agents[number % 3]?.id }
      return book(app, { token, input: { target, startsAt: NINE, person: person(number) } })
    })
    expect(kinds(results)).toEqual({ Meeting: 3, SlotUnavailableError: 97 })
    expect(new Set(results.flatMap(({ agent }) => agent?.name ?? [])).size).toBe(3)
  })

  it('hold one time of one agent: one succeeds', async () => {
    await createBookableAgent(app, acme)
    const results = await callAll((token) => hold(app, { token, input: { ...ANY_AGENT, startsAt: NINE } }))
    expect(kinds(results)).toEqual({ SlotHold: 1, SlotUnavailableError: 99 })
  })

  it('hold different times for one visitor: one hold remains', async () => {
    await createBookableAgent(app, acme)
    const [token = ''] = visitors
    const results = await Promise.all(
      Array.from({ length: 10 }, (_one, number) =>
        hold(app, { token, input: { ...ANY_AGENT, startsAt: slotAt(number) } }),
      ),
    )
    expect(kinds(results)).toEqual({ SlotHold: 10 })
    const where = { workspaceId: acme.workspaceId }
    expect(await app.app.services.database.reservation.count({ where })).toBe(1)
  })

  it('repeat one call with one key: one meeting, the same answer for all', async () => {
    await createBookableAgent(app, acme)
    const [token = ''] = visitors
    const input = { ...ANY_AGENT, startsAt: NINE, idempotencyKey: 'the-one' }
    const results = await Promise.all(Array.from({ length: CALLERS }, () => book(app, { token, input })))
    expect(new Set(results.map(({ id }) => id)).size).toBe(1)
    expect(await app.app.services.database.meeting.count({ where: { workspaceId: acme.workspaceId } })).toBe(
      1,
    )
  })

  it('use one key with different input: one effect, the others are conflicts', async () => {
    await createBookableAgent(app, acme)
    const [token = ''] = visitors
    const results = await Promise.all(
      Array.from({ length: 10 }, (_one, number) =>
        book(app, {
          token,
          input: { ...ANY_AGENT, startsAt: NINE, agenda: `Agenda ${number}`, idempotencyKey: 'k' },
        }),
      ),
    )
    expect(kinds(results)).toEqual({ Meeting: 1, ConflictError: 9 })
  })

  it('move their meetings to one time: one succeeds, the others keep theirs', async () => {
    const ada = await createBookableAgent(app, acme, { hours: { durationMinutes: 5 } })
    const meetings = await callAll((token, number) => {
      const startsAt = new Date(Date.UTC(2026, 2, 4, 9, 0) + (number % 90) * 5 * 60_000).toISOString()
      return book(app, { token, input: { target: { agentId: ada.id }, startsAt, person: person(number) } })
    })
    const moved = await callAll(async (token, number) => {
      const meetingId = meetings[number]?.id
      if (!meetingId) return { __typename: 'None' } as Result
      const input = { meetingId, startsAt: NINE }
      return mutateMeeting(app, { mutation: 'rescheduleMeeting', token, input })
    })
    expect(kinds(moved)).toEqual({ Meeting: 1, SlotUnavailableError: 89, None: 10 })
    await expectNoOverlap()
  })
})

describe('1,000 bookings by 100 callers at once', () => {
  it('rotate among five agents who are always free: their counts differ by at most 1', async () => {
    for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
      await createBookableAgent(app, acme, { name, hours: { start: 0, end: 1440, durationMinutes: 5 } })
    }
    const startOf = (number: number) => new Date(Date.UTC(2026, 2, 3) + number * 5 * 60_000).toISOString()
    // Each caller books one after the other: a booking waits for all that are made at once, on a busy machine for long.
    const bookings = visitors.map(async (token, caller) => {
      const own: Result[] = []
      for (let number = caller; number < 1000; number += CALLERS) {
        const input = { ...ANY_AGENT, startsAt: startOf(number % 200), person: person(caller) }
        own.push(await book(app, { token, input }))
      }
      return own
    })
    expect(kinds((await Promise.all(bookings)).flat())).toEqual({ Meeting: 1000 })
    const { routingQueue } = await data<{ routingQueue: { entries: { assignedToDate: number }[] } }>(
      app.execute('{ routingQueue(kind: MEETING) { entries { assignedToDate } } }', {
        token: admin.token,
      }),
    )
    const counts = routingQueue.entries.map(({ assignedToDate }) => assignedToDate)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    await expectNoOverlap()
  }, 120_000)
})

/** Checks the meetings themselves, not the constraint that guarantees it. */
async function expectNoOverlap(): Promise<void> {
  const overlaps = await app.app.services.database.$queryRaw`
    SELECT 1 FROM "Meeting" one JOIN "Meeting" other ON other."agentId" = one."agentId" AND other."id" > one."id"
    WHERE one."status" <> 'CANCELLED' AND other."status" <> 'CANCELLED'
      AND one."startsAt" < other."endsAt" AND other."startsAt" < one."endsAt"`
  expect(overlaps).toEqual([])
}
