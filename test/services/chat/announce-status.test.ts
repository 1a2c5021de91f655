import { beforeEach, describe, expect, it } from 'vitest'
import { announceStatusChanges } from '../../../src/services/chat/availability/announce-status.ts'
import { createTestAgent, createTestWorkspace, type Staff } from '../../kit/actors.ts'
import { recordStatements } from '../../kit/count-statements.ts'
import { setChatHours, statusEvents, toggle } from '../../kit/live-chat-status.ts'
import { mutate } from '../../kit/mutate.ts'
import { anAgent, useScene } from '../../kit/scene.ts'

const AFTERNOONS = ['MONDAY', 'TUESDAY'].map((weekday) => ({ weekday, start: '13:00', end: '17:00' }))

const { app, acme, admin, ada } = useScene({ ada: anAgent }, { appPerTest: true })
let publishedBefore: number

beforeEach(async () => {
  await setChatHours(app, ada, AFTERNOONS)
  await announce()
  publishedBefore = (await statusEvents(app, ada, acme)).agent.length
})

const announce = () => announceStatusChanges(app.app.services)
const availability = () =>
  app.app.services.database.liveChatAvailability.findUniqueOrThrow({ where: { agentId: ada.agentId } })

/** How often Ada's status was published since the beginning of the test. */
async function timesPublished(): Promise<number> {
  const { agent, workspace } = await statusEvents(app, ada, acme)
  expect(workspace).toHaveLength(agent.length)
  return agent.length - publishedBefore
}

describe('announceStatusChanges', () => {
  it('publishes when a block begins and when it ends, and nothing in between', async () => {
    const times: [string, number][] = [
      ['2026-03-02T12:59:59.999Z', 0],
      ['2026-03-02T13:00:00Z', 1],
      ['2026-03-02T16:59:59.999Z', 1],
      ['2026-03-02T17:00:00Z', 2],
      ['2026-03-03T12:00:00Z', 2],
    ]
    for (const [time, expected] of times) {
      app.clock.set(time)
      await announce()
      expect([time, await timesPublished()]).toEqual([time, expected])
    }
  })

  it('publishes once, even when several nodes sweep at the same time', async () => {
    app.clock.set('2026-03-02T13:00:00Z')
    await Promise.all([announce(), announce(), announce()])
    await announce()
    expect(await timesPublished()).toBe(1)
  })

  it('publishes nothing when no node swept for a whole block, and continues from there', async () => {
    app.clock.set('2026-03-02T18:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(0)
    app.clock.set('2026-03-03T13:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(1)
  })

  it('does not repeat what a toggle has published, and publishes the end of the toggle', async () => {
    app.clock.set('2026-03-02T15:00:00Z')
    await announce()
    await toggle(app, { token: ada.token, available: false })
    await announce()
    expect(await timesPublished()).toBe(2)
    app.clock.set('2026-03-02T17:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(2)
    app.clock.set('2026-03-03T13:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(3)
  })

  it('does not repeat what a change of the hours has published', async () => {
    await setChatHours(app, ada, [{ weekday: 'MONDAY', start: '08:00', end: '09:00' }])
    await announce()
    expect(await timesPublished()).toBe(1)
    app.clock.set('2026-03-02T09:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(2)
  })

  it('publishes the end of a toggle that a changed setting has caused', async () => {
    app.clock.set('2026-03-02T18:00:00Z')
    await toggle(app, { token: ada.token, available: true })
    app.clock.set('2026-03-03T01:00:00Z')
    await announce()
    expect(await timesPublished()).toBe(1)
    const input = { liveChatSettings: { toggleResetsAtMidnight: true } }
    await mutate(app, { mutation: 'updateWorkspace', input, token: admin.token, select: '' })
    await announce()
    expect(await timesPublished()).toBe(2)
    expect(await availability()).toMatchObject({ announcedAvailable: false })
  })

  it('does not read agents again whose status never changes', async () => {
    await setChatHours(app, ada, [])
    await announce()
    app.clock.set('2036-03-02T13:00:00Z')
    const statements = await recordStatements(announce)
    expect(statements).toHaveLength(1)
  })

  it('publishes for all agents of all workspaces, more than one batch', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const agents: Staff[] = []
    for (let number = 0; number < 110; number++) {
      agents.push(await createTestAgent(app, number % 2 ? acme : globex, `Agent ${number}`))
    }
    await app.app.services.database.liveChatAvailability.updateMany({
      data: { weekly: [{ weekday: 1, start: 780, end: 1020 }], timeZone: 'UTC', announceAt: null },
    })
    app.clock.set('2026-03-02T13:00:00Z')
    await announce()
    for (const [number, agent] of agents.entries()) {
      const events = await statusEvents(app, agent, number % 2 ? acme : globex)
      expect([events.agent.length, events.workspace.length]).toEqual([1, 1])
    }
  })
})
