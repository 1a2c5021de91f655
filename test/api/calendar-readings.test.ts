// External calendars decide which slots are offered: they are read completely, and what is not known is not offered.
import { describe, expect, it } from 'vitest'
import type { GoogleAccount } from '../emulators/google/accounts.ts'
import type { MicrosoftAccount } from '../emulators/microsoft/user-actions.ts'
import { type Staff, setHours } from '../kit/actors.ts'
import { book, createBookableAgent } from '../kit/booking.ts'
import {
  bookWith,
  emulatorOf,
  failFor,
  passMinutes,
  ROUTES,
  startsWith,
  synchronise,
} from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import {
  type Account,
  addEvent,
  createConnectedAgent,
  PROVIDERS,
  type Provider,
  runDueCalendarWork,
} from '../kit/calendars.ts'
import { DAY } from '../kit/clock.ts'
import { giveUpWhenHung } from '../kit/deadlines.ts'
import { randomFrom } from '../kit/random.ts'
import { aVisitor } from '../kit/scene.ts'
import { at, slotAt, TUESDAY } from '../kit/times.ts'

const { app, acme, visitor } = useCalendarScene({ visitor: aVisitor })

/** An invitation by another person that the agent has not answered. */
function addInvitation(account: Account, times: { start: string; end: string }): string {
  const organizer = 'somebody@else.example'
  return 'calendars' in account
    ? (account as GoogleAccount).createEvent({
        summary: 'An invitation',
        ...times,
        organizer: { email: organizer },
        attendees: [{ email: account.email, responseStatus: 'needsAction' }],
      })
    : (account as MicrosoftAccount).createEvent({ subject: 'An invitation', ...times, organizer })
}

const dayAfter = (days: number) => new Date(Date.parse(TUESDAY.from) + days * DAY).toISOString().slice(0, 10)
const dayOf = (date: string) => ({ from: `${date}T00:00:00Z`, to: `${date}T23:00:00Z` })

/** The hours of `createConnectedAgent`, for a longer time ahead. */
const bookableFor = (agent: Staff, bookingWindowDays: number) =>
  setHours(app, agent, {
    timeZone: 'UTC',
    minimumNoticeMinutes: 0,
    bookingWindowDays,
    weekly: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'].map((weekday) => ({
      weekday,
      start: '09:00',
      end: '17:00',
    })),
  })

/** The starts of half-hours of Tuesday that an account's events leave free. */
const HALF_HOURS = Array.from({ length: 16 }, (_, half) => slotAt(half))

/** Adds, moves and deletes events of half an hour at random.
 * @returns makes three changes; answers which half-hours are busy then */
function changesOf(account: Account, provider: Provider): () => Set<number> {
  const random = randomFrom(7)
  const taken = new Map<string, number>()
  const one = () => {
    const half = random(HALF_HOURS.length)
    const times = { start: HALF_HOURS[half] ?? '', end: HALF_HOURS[half + 1] ?? at('17:00') }
    const [some] = [...taken.keys()].slice(random(Math.max(1, taken.size)))
    const kind = some === undefined ? 0 : random(3)
    if (some === undefined || kind === 0) taken.set(addEvent(account, { provider, ...times }), half)
    if (some !== undefined && kind === 1) {
      account.moveEvent(some, times)
      taken.set(some, half)
    }
    if (some !== undefined && kind === 2) {
      account.deleteEvent(some)
      taken.delete(some)
    }
  }
  return () => {
    for (let change = 0; change < 3; change += 1) one()
    return new Set(taken.values())
  }
}

describe.each(PROVIDERS)('a calendar of %s', (provider) => {
  it('is read as a whole, never incrementally, whatever the order of its changes', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const change = changesOf(account, provider)
    for (let round = 0; round < 5; round += 1) {
      const busy = change()
      account.expireSyncTokens()
      await synchronise(app)
      expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual(
        HALF_HOURS.filter((_, half) => !busy.has(half)),
      )
    }
    const asked = emulatorOf(app, provider).log.all.flatMap(({ path, query }) => [path, ...query.keys()])
    expect(asked.filter((name) => /sync_?token|delta/i.test(name))).toEqual([])
  })

  it('is known for the whole booking window, and for no longer', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const [near, far, last] = [dayAfter(98), dayAfter(154), dayAfter(196)]
    for (const date of [near, far, last]) {
      addEvent(account, { provider, start: `${date}T10:00:00Z`, end: `${date}T10:30:00Z` })
    }
    await bookableFor(agent, 200)
    // The calendar was read up to earlier days only: these are unknown, and so not free.
    expect(await startsWith(app, { agent, visitor: visitor.token, ...dayOf(far) })).toEqual([])
    await runDueCalendarWork(app)
    for (const date of [near, far, last]) {
      const starts = await startsWith(app, { agent, visitor: visitor.token, ...dayOf(date) })
      expect(starts).toHaveLength(HALF_HOURS.length - 1)
      expect(starts).not.toContain(`${date}T10:00:00.000Z`)
    }
    expect(await startsWith(app, { agent, visitor: visitor.token, ...dayOf(dayAfter(203)) })).toEqual([])
  })

  it('is free where the agent has declined', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    const invitation = addInvitation(account, { start: at('10:00'), end: at('10:30') })
    await synchronise(app)
    expect(await startsWith(app, { agent, visitor: visitor.token })).not.toContain(at('10:00'))
    account.declineEvent(invitation)
    await synchronise(app)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toContain(at('10:00'))
  })

  it('blocks the same instants on the day when clocks change', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    account.changeTimeZone(provider === 'GOOGLE' ? 'Europe/Berlin' : 'W. Europe Standard Time')
    // The clock of the calendar goes forward on Sunday, 29 March.
    const [start, end] = ['2026-03-30T10:00:00.000Z', '2026-03-30T10:30:00.000Z']
    addEvent(account, { provider, start, end })
    await synchronise(app)
    const starts = await startsWith(app, { agent, visitor: visitor.token, ...dayOf('2026-03-30') })
    expect(starts).not.toContain(start)
    expect(starts).toContain(end)
    expect(starts).toHaveLength(HALF_HOURS.length - 1)
  })

  it('that answers with half a page keeps its known busy times', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: at('10:00'), end: at('10:30') })
    await synchronise(app)
    const known = await startsWith(app, { agent, visitor: visitor.token })
    addEvent(account, { provider, start: at('12:00'), end: at('12:30') })
    const { faults } = emulatorOf(app, provider)
    failFor(app, { provider, route: 'readings', email: account.email }, { kind: 'truncate' })
    await synchronise(app)
    expect(faults.pending()).toBe(0)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual(known)
    await passMinutes(app, 1)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual(
      known.filter((start) => start !== at('12:00')),
    )
  })

  it('is read regularly without webhooks', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    addEvent(account, { provider, start: at('10:00'), end: at('10:30') })
    await passMinutes(app, 12)
    expect(await startsWith(app, { agent, visitor: visitor.token })).not.toContain(at('10:00'))
  })

  it('that does not answer in time is not booked, and another agent is', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const other = await createBookableAgent(app, acme, { name: 'Beth Moore' })
    const outside = emulatorOf(app, provider)
    outside.faults.add(ROUTES[provider].readings, { kind: 'hang' }, { times: Number.POSITIVE_INFINITY })
    const anybody = { target: { roundRobin: true }, startsAt: at('10:00') }
    const booked = await giveUpWhenHung(outside, () => book(app, { token: visitor.token, input: anybody }))
    expect(booked).toMatchObject({ __typename: 'Meeting', agent: { id: other.id } })
    const refused = await giveUpWhenHung(outside, () =>
      bookWith(app, { agent, visitor: visitor.token, startsAt: at('11:00') }),
    )
    expect(refused).toMatchObject({ __typename: 'SlotUnavailableError', reason: 'CALENDAR_UNREACHABLE' })
    outside.faults.clear()
    await runDueCalendarWork(app)
    expect((await bookWith(app, { agent, visitor: visitor.token, startsAt: at('11:00') })).__typename).toBe(
      'Meeting',
    )
  })
})
