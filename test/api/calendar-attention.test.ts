// An agent whose calendar cannot be used any more is told, and so is who looks after agents: once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { hold } from '../kit/booking.ts'
import { at, bookWith, calendarOf, startAfresh, startsWith } from '../kit/calendar-looks.ts'
import {
  type CalendarApp,
  connectAccount,
  createConnectedAgent,
  PROVIDERS,
  startCalendarApp,
} from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'

const DEADLINE = { timeout: 20_000 }

let app: CalendarApp
let visitor: string

beforeAll(async () => {
  app = await startCalendarApp({ jobs: true })
})
afterAll(() => app.stop())
beforeEach(async () => {
  visitor = await startAfresh(app)
})

const told = () => app.mails.map(({ to }) => to.address).sort()

const queueOf = async () => {
  const query = '{ routingQueue(kind: MEETING) { entries { agent { id } eligible } } }'
  const { routingQueue } = await data<{ routingQueue: { entries: { agent: { id: string } }[] } }>(
    app.execute(query, { token: app.workspace.admin.token }),
  )
  return routingQueue.entries
}

describe.each(PROVIDERS)('a permission that %s has ended', (provider) => {
  it('F1: is told of once for each time, to the agent and to who manages agents, and to nobody else', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await createTestAgent(app, app.workspace, 'Beth Moore')
    const held = { target: { agentId: agent.id }, startsAt: at('09:00') }
    expect((await hold(app, { token: visitor, input: held })).__typename).toBe('SlotHold')
    account.revokeAccess()
    account.expireAccessTokens()
    // Whoever comes to it first: the regular reading, or several visitors at once.
    app.clock.advance(13 * MINUTE)
    const startsAt = at('10:00')
    const refused = await Promise.all([1, 2, 3].map(() => bookWith(app, { agent, visitor, startsAt })))
    expect(refused.map(({ __typename }) => __typename)).not.toContain('Meeting')
    await expect
      .poll(() => calendarOf(app, agent), DEADLINE)
      .toMatchObject({ status: 'NEEDS_REAUTHENTICATION' })
    const both = [agent.email, app.workspace.admin.email].sort()
    await expect.poll(told, DEADLINE).toEqual(both)
    expect(await startsWith(app, { agent, visitor })).toEqual([])
    // The place in the order of turns is kept.
    expect(await queueOf()).toMatchObject([{ agent: { id: agent.id }, eligible: false }])
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    account.revokeAccess()
    account.expireAccessTokens()
    app.clock.advance(13 * MINUTE)
    await expect.poll(told, DEADLINE).toEqual([...both, ...both].sort())
  })
})
