// When a calendar can no longer be used, its agent and those who manage agents are notified once.
import { describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { hold } from '../kit/booking.ts'
import { bookWith, calendarOf, startsWith } from '../kit/calendar-looks.ts'
import { useCalendarScene } from '../kit/calendar-scene.ts'
import { connectAccount, createConnectedAgent, PROVIDERS } from '../kit/calendars.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const { app, acme, admin, visitor } = useCalendarScene({ visitor: aVisitor }, { jobs: true })

const notified = () => app.mails.map(({ to }) => to.address).sort()

const queueOf = async () => {
  const query = '{ routingQueue(kind: MEETING) { entries { agent { id } eligible } } }'
  const { routingQueue } = await data<{ routingQueue: { entries: { agent: { id: string } }[] } }>(
    app.execute(query, { token: admin.token }),
  )
  return routingQueue.entries
}

describe.each(PROVIDERS)('a permission that has ended at %s', (provider) => {
  it('is reported once for each time, to the agent and to those who manage agents, and to no other agent', async () => {
    const { agent, account } = await createConnectedAgent(app, provider)
    await createTestAgent(app, acme, 'Beth Moore')
    const held = { target: { agentId: agent.id }, startsAt: at('09:00') }
    expect((await hold(app, { token: visitor.token, input: held })).__typename).toBe('SlotHold')
    account.revokeAccess()
    account.expireAccessTokens()
    // The regular reading or one of several visitors notices it first.
    app.clock.advance(13 * MINUTE)
    const startsAt = at('10:00')
    const refused = await Promise.all(
      [1, 2, 3].map(() => bookWith(app, { agent, visitor: visitor.token, startsAt })),
    )
    expect(refused.map(({ __typename }) => __typename)).not.toContain('Meeting')
    await expect.poll(() => calendarOf(app, agent)).toMatchObject({ state: 'NEEDS_REAUTHENTICATION' })
    const both = [agent.email, admin.email].sort()
    await expect.poll(notified).toEqual(both)
    expect(await startsWith(app, { agent, visitor: visitor.token })).toEqual([])
    // The agent keeps the place in the queue.
    expect(await queueOf()).toMatchObject([{ agent: { id: agent.id }, eligible: false }])
    expect(await connectAccount(app, { provider, agent, account: account.email })).toContain('is connected')
    account.revokeAccess()
    account.expireAccessTokens()
    app.clock.advance(13 * MINUTE)
    await expect.poll(notified).toEqual([...both, ...both].sort())
  })
})
