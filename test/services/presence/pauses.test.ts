// Nodes stop, or the database is away: nobody counts as gone, and no deadline passes, in a time in which no node was alive.
import { describe, expect, it } from 'vitest'
import { sweepChats } from '../../../src/services/chat/sweep.ts'
import { createVisitor, hold } from '../../kit/booking.ts'
import { acceptChat, lastOffer, openForChats, readChat, requestChat, signOut } from '../../kit/chat.ts'
import { MINUTE } from '../../kit/clock.ts'
import { bookable, forChat, useScene } from '../../kit/scene.ts'
import { NINE } from '../../kit/times.ts'

const SECOND = 1000
const LEASE_MS = 15 * SECOND
const OTHER_NODE = '00000000-0000-7000-8000-000000000001'

const { app, acme, admin, ada, database, alan } = useScene(
  { ada: forChat, alan: bookable() },
  { appPerTest: true },
)

const beat = () => app.app.live.heartbeat.beat()
const now = () => app.clock.now().getTime()

/** Nobody is alive for so long, then this node is again. */
async function pause(ms: number): Promise<void> {
  app.clock.advance(ms)
  await beat()
}

/** The node is alive all the time. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += SECOND) {
    app.clock.advance(Math.min(SECOND, ms - passed))
    await beat()
  }
  await sweepChats(app.app.services)
}

/** Ada's console was last heard just now, on another node. */
async function hearConsole(): Promise<void> {
  await signOut(app, ada)
  const expiresAt = new Date(now() + LEASE_MS)
  await database.consoleLease.create({
    data: { nodeId: OTHER_NODE, workspaceId: acme.workspaceId, agentId: ada.agentId, expiresAt },
  })
}

async function hearVisitor(conversationId: string): Promise<void> {
  const [, uuid = ''] = Buffer.from(conversationId, 'base64').toString().split(':')
  const expiresAt = new Date(now() + LEASE_MS)
  await database.visitorLease.create({
    data: { nodeId: OTHER_NODE, workspaceId: acme.workspaceId, conversationId: uuid, expiresAt },
  })
}

/** A visitor waits for Ada, both heard just now. */
async function ask(): Promise<{ visitor: string; id: string; offer(): ReturnType<typeof lastOffer> }> {
  await beat()
  await hearConsole()
  const visitor = await createVisitor(app, acme)
  const { id } = await requestChat(app, visitor)
  await hearVisitor(id)
  return { visitor, id, offer: () => lastOffer(app, admin.token, id) }
}

const stateOf = async (id: string) => (await readChat(app, admin.token, id))?.state

describe('a pause of all nodes', () => {
  it('moves the deadline of an offer on by its length', async () => {
    const { offer } = await ask()
    const before = await database.chatOffer.findFirstOrThrow()
    await pause(40 * SECOND)
    const { expiresAt } = await database.chatOffer.findFirstOrThrow()
    expect(expiresAt.getTime() - before.expiresAt.getTime()).toBe(40 * SECOND)
    expect((await offer()).state).toBe('PENDING')
  })

  it('moves the end of a wait on by its length, and tells the visitor', async () => {
    await ask()
    await database.workspace.updateMany({ data: { chatsPerAgent: 1, waitSeconds: 60 } })
    const { id } = await requestChat(app, await createVisitor(app, acme))
    const read = () => database.conversation.findFirstOrThrow({ where: { state: 'REQUESTED' } })
    const before = await read()
    await pause(2 * MINUTE)
    await sweepChats(app.app.services)
    expect(await stateOf(id)).toBe('REQUESTED')
    const { waitUntil, eventCount } = await read()
    expect(Number(waitUntil) - Number(before.waitUntil)).toBe(2 * MINUTE)
    expect(eventCount).toBe(before.eventCount + 1)
    await pass(60 * SECOND)
    expect(await stateOf(id)).toBe('MISSED')
  })

  it('takes no offer from an agent, and no chat from a visitor, who can still come back', async () => {
    const { id, offer } = await ask()
    await pause(2 * MINUTE)
    await pass(44 * SECOND)
    expect((await offer()).state).toBe('PENDING')
    expect(await stateOf(id)).toBe('OFFERED')
  })

  it('ends a chat whose visitor does not come back as missed, with its fallback', async () => {
    const { id } = await ask()
    await database.consoleLease.updateMany({ data: { expiresAt: new Date(now() + 10 * MINUTE) } })
    await pause(2 * MINUTE)
    await pass(46 * SECOND)
    const chat = await readChat(app, admin.token, id)
    expect([chat?.state, typeof chat?.fallback?.message]).toEqual(['MISSED', 'string'])
  })

  it('revokes the offer of an agent who does not come back', async () => {
    const { id, offer } = await ask()
    await database.visitorLease.updateMany({ data: { expiresAt: new Date(now() + 10 * MINUTE) } })
    await pause(2 * MINUTE)
    await pass(46 * SECOND)
    expect((await offer()).state).toBe('REVOKED')
    expect(await stateOf(id)).toBe('MISSED')
  })

  it('gives nothing new to an agent who is not back', async () => {
    await ask()
    await pause(2 * MINUTE)
    const { state } = await requestChat(app, await createVisitor(app, acme))
    expect(state).toBe('MISSED')
  })

  it('does not bring back who had left before, and is no time in which they could return', async () => {
    const { id } = await ask()
    await database.consoleLease.updateMany({ data: { expiresAt: new Date(now() + 10 * MINUTE) } })
    await pass(LEASE_MS + SECOND)
    await pause(2 * MINUTE)
    await pass(13 * SECOND)
    expect(await stateOf(id)).toBe('OFFERED')
    await pass(SECOND)
    expect(await stateOf(id)).toBe('ABANDONED')
  })

  it('is not followed by a second time to come back after a further pause', async () => {
    const { id } = await ask()
    await pause(2 * MINUTE)
    await pass(30 * SECOND)
    await pause(6 * SECOND)
    await pass(10 * SECOND)
    expect(await stateOf(id)).toBe('MISSED')
  })

  it('does not count as idle time of a running chat', async () => {
    const { id, offer } = await ask()
    await acceptChat(app, ada.token, (await offer()).id as string)
    await pause(60 * MINUTE)
    await pass(SECOND)
    expect(await stateOf(id)).toBe('ACTIVE')
  })

  it('makes the agent of a running chat absent only when the time to come back is over', async () => {
    const { id, offer } = await ask()
    await acceptChat(app, ada.token, (await offer()).id as string)
    await pause(60 * MINUTE)
    await pass(44 * SECOND)
    const isPresent = async () => (await readChat(app, admin.token, id, 'agentPresent'))?.agentPresent
    expect(await isPresent()).toBe(true)
    await pass(2 * SECOND)
    expect(await isPresent()).toBe(false)
  })

  it('is no part of the absence of an agent who had left a running chat before', async () => {
    const { id, offer } = await ask()
    await acceptChat(app, ada.token, (await offer()).id as string)
    await pass(LEASE_MS + 25 * SECOND)
    await pause(2 * MINUTE)
    const isPresent = async () => (await readChat(app, admin.token, id, 'agentPresent'))?.agentPresent
    await pass(4 * SECOND)
    expect(await isPresent()).toBe(true)
    await pass(SECOND)
    expect(await isPresent()).toBe(false)
    await openForChats(app, acme, alan)
    await pause(2 * MINUTE)
    await pass(29 * SECOND)
    expect((await offer()).agent.id).toBe(ada.id)
    await pass(SECOND)
    expect((await offer()).agent.id).toBe(alan.id)
  })

  it('prolongs a hold, and how long it can be prolonged, by its length', async () => {
    await beat()
    const token = await createVisitor(app, acme)
    const held = await hold(app, { token, input: { target: { agentId: alan.id }, startsAt: NINE } })
    const before = await database.reservation.findFirstOrThrow()
    await pause(7 * SECOND)
    const { expiresAt, heldAt } = await database.reservation.findFirstOrThrow()
    expect(expiresAt).toEqual(new Date(Date.parse(held.expiresAt as string) + 7 * SECOND))
    expect(heldAt?.getTime()).toBe((before.heldAt?.getTime() ?? 0) + 7 * SECOND)
  })
})

describe('a node that stops while another is alive', () => {
  const stopOther = () => database.nodeHeartbeat.create({ data: { nodeId: OTHER_NODE, at: app.clock.now() } })

  it('leaves its clients 45 seconds to come back to another node', async () => {
    const { id, offer } = await ask()
    await stopOther()
    await pass(44 * SECOND)
    expect([(await offer()).state, await stateOf(id)]).toEqual(['PENDING', 'OFFERED'])
    await pass(2 * SECOND)
    expect(await stateOf(id)).toBe('MISSED')
  })

  it('says nothing more of a client that is on another node', async () => {
    const { offer } = await ask()
    await stopOther()
    await pass(6 * SECOND)
    const { CONSOLE } = app.app.live.leases
    const console = { id: ada.agentId, workspaceId: acme.workspaceId, heardAt: () => app.clock.now() }
    await CONSOLE.open(console)
    CONSOLE.close(console)
    await CONSOLE.stop()
    await pass(6 * SECOND)
    expect((await offer()).state).toBe('REVOKED')
  })
})

describe('a node that stands still while another is alive, and goes on', () => {
  const beatOfOther = () => {
    const at = app.clock.now()
    return database.nodeHeartbeat.upsert({
      where: { nodeId: OTHER_NODE },
      create: { nodeId: OTHER_NODE, at },
      update: { at },
    })
  }
  const standStill = async (ms: number) => {
    app.clock.advance(ms)
    await beatOfOther()
    await beat()
    await sweepChats(app.app.services)
  }
  const askHere = async () => {
    const asked = await ask()
    const { nodeId } = app.app.services
    await database.consoleLease.updateMany({ where: { nodeId: OTHER_NODE }, data: { nodeId } })
    await database.visitorLease.updateMany({ where: { nodeId: OTHER_NODE }, data: { nodeId } })
    return asked
  }

  it('leaves its clients 45 seconds to show themselves', async () => {
    const { id, offer } = await askHere()
    await standStill(21 * SECOND)
    await pass(44 * SECOND)
    expect([(await offer()).state, await stateOf(id)]).toEqual(['PENDING', 'OFFERED'])
    await pass(2 * SECOND)
    expect(await stateOf(id)).toBe('MISSED')
  })

  it('gives nothing new to an agent who is not back', async () => {
    await askHere()
    await standStill(21 * SECOND)
    expect((await requestChat(app, await createVisitor(app, acme))).state).toBe('MISSED')
  })
})
