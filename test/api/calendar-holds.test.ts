// A hold of an agent with an external calendar is booked as it was held, unless the calendar has something else by then.
import { describe, expect, it } from 'vitest'
import { type Staff, setHours } from '../kit/actors.ts'
import { book, hold } from '../kit/booking.ts'
import { synchronise } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { addEvent, createConnectedAgent, PROVIDERS, runDueCalendarWork } from '../kit/calendars.ts'
import { aVisitor } from '../kit/scene.ts'

const { app, visitor } = useCalendarScene({ visitor: aVisitor })

/** Some weeks ahead, so that a shorter window is not read that far. */
const FAR = '2026-04-07T09:00:00.000Z'
const FAR_EVENT = { start: '2026-04-07T09:15:00Z', end: '2026-04-07T10:00:00Z' }

/** Edits the window, after which the calendar is read at once. */
async function readWindow(agent: Staff, bookingWindowDays: number): Promise<void> {
  await setHours(app, agent, { timeZone: 'UTC', weekly: [], bookingWindowDays, durationMinutes: 15 })
  await runDueCalendarWork(app)
}

async function holdFar(agent: Staff): Promise<string> {
  await synchronise(app)
  const input = { target: { agentId: agent.id }, startsAt: FAR }
  return (await hold(app, { token: visitor.token, input })).id
}

const bookHeld = (holdId: string) => book(app, { token: visitor.token, input: { holdId } })

describe.each(PROVIDERS)('a hold in a calendar of %s', (provider) => {
  it('is booked as it was held, although its time is no longer read', async () => {
    const { agent } = await createConnectedAgent(app, provider)
    const held = await holdFar(agent)
    await readWindow(agent, 1)
    const meeting = await bookHeld(held)
    expect(meeting).toMatchObject({ startsAt: FAR, endsAt: '2026-04-07T09:30:00.000Z' })
  })

  it('is refused when the calendar has something else by then, read or not', async () => {
    for (const read of [true, false]) {
      const { agent, account } = await createConnectedAgent(app, provider, read ? 'Ada' : 'Beth')
      const held = await holdFar(agent)
      addEvent(account, { provider, ...FAR_EVENT })
      if (read) await readWindow(agent, 60)
      const refusal = await bookHeld(held)
      expect(refusal).toMatchObject({ startsAt: FAR, reason: 'TAKEN' })
    }
  })
})
