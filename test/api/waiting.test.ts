// Requests that wait because every agent who takes live chats has as many as allowed.
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { fromGlobalId } from '../../src/schema/global-id.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import {
  acceptChat,
  chat,
  createChatAgent,
  declineChat,
  lastOffer,
  readChat,
  readOffers,
  signIn,
  signOut,
} from '../kit/chat.ts'
import { type Guest, guestsOf } from '../kit/guests.ts'
import { toggle } from '../kit/live-chat-status.ts'
import { forChat, useScene } from '../kit/scene.ts'

const SECOND = 1000

const { app, acme, admin, ada, database, mutate } = useScene({ ada: forChat })

const set = (liveChatSettings: object) =>
  mutate({ mutation: 'updateWorkspace', input: { liveChatSettings }, token: admin.token, select: '' })
const sweep = () => sweepChats(app.app.services)
const uuidOf = (id: string) => fromGlobalId('Conversation', { id, field: 'id' })

const { ask, occupy } = guestsOf(app, () => acme)

const end = ({ token, id }: Guest) => chat(app, { mutation: 'endChat', token, input: { conversationId: id } })
const takenBy = async ({ id }: Guest) => {
  const { state, agent } = await lastOffer(app, admin.token, id)
  return [state, agent.id]
}
/** The visitor was subscribed to the chat, and closed its page long ago. */
const leave = ({ id }: Guest) => {
  const gone = new Date(app.clock.now().getTime() - 15 * SECOND)
  const [nodeId, { workspaceId }] = [randomUUID(), acme]
  const data = { nodeId, workspaceId, conversationId: uuidOf(id), expiresAt: gone, protectedUntil: gone }
  return database.visitorLease.create({ data })
}

beforeEach(() => set({ chatsPerAgent: 1, waitSeconds: 60 }))

describe('a request while every agent has as many chats as allowed', () => {
  it('waits, and the visitor is told its place and until when', async () => {
    await occupy(ada)
    const until = new Date(app.clock.now().getTime() + 60 * SECOND).toISOString()
    const first = await ask({ text: 'Hello?' })
    const second = await ask()
    expect(await first.read()).toMatchObject({
      state: 'REQUESTED',
      agent: null,
      fallback: null,
      messages: { nodes: [{ text: 'Hello?' }] },
      waiting: { place: 1, estimatedSeconds: null, until },
    })
    expect(await second.read()).toMatchObject({ state: 'REQUESTED', waiting: { place: 2 } })
    const fields =
      'decision { agent { id } steps { stage outcomeCode skipped { agent { id } ineligibleBecause } } }'
    expect(await readChat(app, admin.token, first.id, fields)).toMatchObject({
      decision: {
        agent: null,
        steps: [
          {
            stage: 'ROUND_ROBIN',
            outcomeCode: 'WAITS',
            skipped: [{}, { agent: { id: ada.id }, ineligibleBecause: ['AT_CAPACITY'] }],
          },
        ],
      },
    })
  })

  it('is estimated from how long the latest chats lasted, and how many are active', async () => {
    for (const seconds of [100, 200]) {
      const before = await occupy(ada)
      app.clock.advance(seconds * SECOND)
      await end(before)
    }
    await set({ chatsPerAgent: 2 })
    for (const _one of [1, 2]) await occupy(ada)
    for (const place of [1, 2, 3]) {
      expect(await (await ask()).read()).toMatchObject({ waiting: { place, estimatedSeconds: 75 * place } })
    }
  })

  it('is offered in the order of requests, once the agent has room', async () => {
    let last = await occupy(ada)
    const guests = [await ask(), await ask(), await ask()]
    for (const [index, guest] of guests.entries()) {
      expect(await guest.read()).toMatchObject({ state: 'REQUESTED', waiting: { place: 1 } })
      await end(last)
      await sweep()
      expect(await guest.read()).toMatchObject({ state: 'OFFERED', waiting: null })
      const behind = guests.slice(index + 1)
      const places = await Promise.all(behind.map(async (other) => (await other.read()).waiting))
      expect(places).toMatchObject(behind.map((_other, place) => ({ place: place + 1 })))
      await acceptChat(app, ada.token, (await lastOffer(app, admin.token, guest.id)).id)
      last = guest
    }
  })

  it('is missed at the end of the wait, with the fallback', async () => {
    const active = await occupy(ada)
    const guest = await ask()
    app.clock.advance(59 * SECOND)
    await end(active)
    // The deadline has passed, whether or not a node has recorded it.
    await sweep()
    expect(await guest.read()).toMatchObject({
      state: 'MISSED',
      waiting: null,
      fallback: { offerMeeting: true },
      fallbackAgent: null,
    })
    expect(await readOffers(app, admin.token, guest.id)).toEqual([])
    const fields = 'decision { agent { id } steps { stage outcomeCode } }'
    expect(await readChat(app, admin.token, guest.id, fields)).toMatchObject({
      decision: { agent: null, steps: [{ stage: 'FALLBACK', outcomeCode: 'WAIT_OVER' }] },
    })
  })

  it('does not wait without the setting', async () => {
    await set({ waitSeconds: 0 })
    await occupy(ada)
    expect(await (await ask()).read()).toMatchObject({ state: 'MISSED', waiting: null })
  })

  it.each<[string, () => Promise<unknown>]>([
    ['is gone', () => signOut(app, ada)],
    ['is not available', () => toggle(app, { token: ada.token, available: false })],
    [
      'is paused',
      () =>
        mutate({
          mutation: 'setRoutingPaused',
          token: admin.token,
          input: { kind: 'LIVE_CHAT', agentId: ada.id, paused: true },
          select: '',
        }),
    ],
  ])('does not wait for an agent who %s', async (_what, leave) => {
    await occupy(ada)
    await leave()
    expect(await (await ask()).read()).toMatchObject({ state: 'MISSED' })
  })

  it('does not overtake a request that waits when the agent has room at that moment', async () => {
    const active = await occupy(ada)
    const first = await ask()
    await end(active)
    const second = await ask()
    expect(await second.read()).toMatchObject({ state: 'REQUESTED', waiting: { place: 2 } })
    await sweep()
    expect(await first.read()).toMatchObject({ state: 'OFFERED' })
    expect(await second.read()).toMatchObject({ state: 'REQUESTED', waiting: { place: 1 } })
  })

  it('is over when its visitor ends it or leaves, and the others move up', async () => {
    await occupy(ada)
    const [first, second, third] = [await ask(), await ask(), await ask()]
    expect(await end(first)).toMatchObject({ state: 'ABANDONED' })
    await leave(second)
    await sweep()
    expect(await second.read()).toMatchObject({ state: 'ABANDONED' })
    expect(await third.read()).toMatchObject({ waiting: { place: 1 } })
    const streamId = `conversation:${uuidOf(third.id)}`
    // The request itself, and one event for both moves.
    expect(await database.event.count({ where: { streamId } })).toBe(2)
    await sweep()
    expect(await database.event.count({ where: { streamId } })).toBe(2)
  })

  it('can be taken over by a supervisor', async () => {
    await occupy(ada)
    const guest = await ask()
    const input = { conversationId: guest.id }
    expect(await chat(app, { mutation: 'takeOverChat', token: admin.token, input })).toMatchObject({
      state: 'ACTIVE',
      agent: { id: admin.id },
    })
    expect(await guest.read()).toMatchObject({ waiting: null })
  })

  it('is missed at once when the requested agent is removed', async () => {
    await occupy(ada)
    const guest = await ask({ target: { agentId: ada.id } })
    await mutate({
      mutation: 'removeAgent',
      token: admin.token,
      input: { agentId: ada.id, meetings: 'KEEP' },
      select: '',
    })
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'MISSED' })
  })

  it('waits again after an offer that came to nothing, without the agent who had it', async () => {
    const grace = await createChatAgent(app, acme, 'Grace Hopper')
    const active = await occupy(grace)
    const guest = await ask()
    expect(await takenBy(guest)).toEqual(['PENDING', ada.id])
    await declineChat(app, ada.token, (await lastOffer(app, admin.token, guest.id)).id)
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'REQUESTED', waiting: { place: 1 } })
    // Ada is for the next one, who asks the same pool later.
    const later = await ask()
    await sweep()
    expect(await takenBy(later)).toEqual(['PENDING', ada.id])
    await end(active)
    await sweep()
    expect(await takenBy(guest)).toEqual(['PENDING', grace.id])
    await declineChat(app, grace.token, (await lastOffer(app, admin.token, guest.id)).id)
    expect(await guest.read()).toMatchObject({ state: 'MISSED', fallbackAgent: { id: ada.id } })
  })
})

describe('an agent has room for a request that waits', () => {
  let active: Guest
  let guest: Guest
  beforeEach(async () => {
    active = await occupy(ada)
    guest = await ask()
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'REQUESTED' })
  })
  const other = () => createChatAgent(app, acme, 'Grace Hopper')

  it.each<[string, () => Promise<unknown>]>([
    ['a chat of the agent ends', () => end(active)],
    ['the settings allow more', () => set({ chatsPerAgent: 2 })],
    [
      'a supervisor takes a chat over',
      () => chat(app, { mutation: 'takeOverChat', token: admin.token, input: { conversationId: active.id } }),
    ],
    ['another agent comes', other],
    [
      'another agent signs in',
      async () => {
        const grace = await other()
        await signOut(app, grace)
        await sweep()
        await signIn(app, acme, grace)
      },
    ],
    [
      'another agent becomes available',
      async () => {
        const { token } = await other()
        await toggle(app, { token, available: false })
        await sweep()
        await toggle(app, { token, available: true })
      },
    ],
  ])('when %s', async (_what, change) => {
    await change()
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'OFFERED', waiting: null })
    expect(await readOffers(app, admin.token, guest.id)).toHaveLength(1)
  })
})
