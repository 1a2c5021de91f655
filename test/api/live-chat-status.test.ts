import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { countStatements, recordStatements } from '../kit/count-statements.ts'
import { setChatHours, statusEvents, toggle } from '../kit/live-chat-status.ts'
import { anAgent, useScene } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const FIELDS = 'available source changesAt toggle { available setAt expiresAt }'
/** An instant of the day of START. */
const monday = (time: string) => `2026-03-02T${time}:00.000Z`
const AFTERNOONS = ['MONDAY', 'TUESDAY'].map((weekday) => ({ weekday, start: '13:00', end: '17:00' }))

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })

beforeEach(() => setChatHours(app, ada, AFTERNOONS))

async function readStatus({ id }: Staff, fields = FIELDS, token = admin.token): Promise<object> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { ${fields} } } } }`
  const { node } = await data<{ node: { liveChatStatus: object } }>(
    app.execute(query, { variables: { id }, token }),
  )
  return node.liveChatStatus
}

describe('liveChatStatus', () => {
  it('depends on the hours and the clock', async () => {
    expect(await readStatus(ada)).toEqual({
      available: false,
      source: 'HOURS',
      changesAt: monday('13:00'),
      toggle: null,
    })
    app.clock.set(monday('13:00'))
    expect(await readStatus(ada)).toMatchObject({ available: true, changesAt: monday('17:00') })
    app.clock.set(monday('17:00'))
    expect(await readStatus(ada)).toMatchObject({ available: false, changesAt: at('13:00') })
  })

  it('never changes for an agent without hours', async () => {
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    expect(await readStatus(grace)).toEqual({
      available: false,
      source: 'HOURS',
      changesAt: null,
      toggle: null,
    })
  })

  it('shows whether the agent is reachable: signed in, or with push notifications', async () => {
    const fields = 'signedIn reachable activeChats capacity agent { name }'
    const absent = {
      signedIn: false,
      reachable: false,
      activeChats: 0,
      capacity: 5,
      agent: { name: ada.name },
    }
    expect(await readStatus(ada, fields)).toEqual(absent)
    const { workspaceId } = acme
    const { agentId } = ada
    const now = app.clock.now()
    await database.pushSubscription.create({
      data: { workspaceId, agentId, endpoint: uuidv7(), p256dh: '', auth: '', createdAt: now },
    })
    expect(await readStatus(ada, fields)).toEqual({ ...absent, reachable: true })
    await database.pushSubscription.deleteMany({ where: { agentId } })
    const expiresAt = new Date(now.getTime() + 15_000)
    await database.consoleLease.create({ data: { workspaceId, agentId, nodeId: uuidv7(), expiresAt } })
    expect(await readStatus(ada, fields)).toEqual({ ...absent, signedIn: true, reachable: true })
    app.clock.set(expiresAt.toISOString())
    expect(await readStatus(ada, fields)).toEqual(absent)
  })

  it('counts the agent’s active chats, not offers or chats that are over', async () => {
    await fillSeats(ada, ['ACCEPTED', 'ACCEPTED', 'PENDING'])
    expect(await readStatus(ada, 'activeChats capacity')).toEqual({ activeChats: 2, capacity: 5 })
  })

  it('is unavailable for a removed agent', async () => {
    app.clock.set(monday('14:00'))
    await toggle(app, { token: ada.token, available: true })
    const input = { agentId: ada.id }
    const select = `... on Agent { liveChatStatus { ${FIELDS} } }`
    const removed = await mutate({ mutation: 'removeAgent', input, token: admin.token, select })
    expect(removed.liveChatStatus).toEqual({
      available: false,
      source: 'HOURS',
      changesAt: null,
      toggle: null,
    })
  })

  it('is for staff only', async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Agent { liveChatStatus { available } } } }`
    const token = await createVisitor(app, acme)
    const { errors } = await app.execute(query, { variables: { id: ada.id }, token })
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })
})

describe('a board of statuses', () => {
  const readBoard = () =>
    data<{ agents: { nodes: { name: string; liveChatStatus: { available: boolean } }[] } }>(
      app.execute(
        `{ agents(first: 50) { nodes { name liveChatStatus {
          available source changesAt toggle { expiresAt } signedIn reachable activeChats capacity agent { name email }
        } } } }`,
        { token: admin.token },
      ),
    )

  it('shows each agent’s own status', async () => {
    await Promise.all(['Bea', 'Cleo'].map((name) => createTestAgent(app, acme, name)))
    app.clock.set(monday('14:00'))
    const { agents } = await readBoard()
    const board = agents.nodes.map(({ name, liveChatStatus }) => [name, liveChatStatus.available])
    expect(board).toEqual([
      ['Ada Lovelace', true],
      ['Bea', false],
      ['Cleo', false],
      ['Olivia Admin', false],
    ])
  })

  it('is read with the same number of statements for one agent and for fifty', async () => {
    const few = await countStatements(readBoard)
    for (let number = 0; number < 48; number++) await createTestAgent(app, acme, `Agent ${number}`)
    const statements = await recordStatements(async () => {
      expect((await readBoard()).agents.nodes).toHaveLength(50)
    })
    expect(statements).toHaveLength(few)
    expect(statements.filter((sql) => sql.includes('"ConsoleLease"'))).toHaveLength(1)
  })
})

describe('setAvailabilityToggle', () => {
  it('makes an agent unavailable until the next block starts', async () => {
    app.clock.set(monday('15:00'))
    const set = { available: false, setAt: monday('15:00'), expiresAt: at('13:00') }
    const status = { available: false, source: 'TOGGLE', changesAt: at('13:00'), toggle: set }
    expect(await toggle(app, { token: ada.token, available: false })).toEqual({
      __typename: 'LiveChatStatus',
      ...status,
    })
    expect(await readStatus(ada)).toEqual(status)
    app.clock.set(at('13:00'))
    expect(await readStatus(ada)).toMatchObject({ available: true, source: 'HOURS', toggle: null })
  })

  it('makes an agent available outside of the hours, and the last setting counts', async () => {
    app.clock.set(monday('18:00'))
    await toggle(app, { token: ada.token, available: true })
    expect(await readStatus(ada)).toMatchObject({ available: true, changesAt: at('17:00') })
    app.clock.set(monday('18:10'))
    await toggle(app, { token: ada.token, available: false })
    expect(await readStatus(ada)).toMatchObject({
      available: false,
      toggle: { setAt: monday('18:10'), expiresAt: at('13:00') },
    })
  })

  it('expires at midnight with toggleResetsAtMidnight, in the zone of the hours', async () => {
    await setChatHours(app, ada, AFTERNOONS, 'America/New_York')
    const liveChatSettings = { toggleResetsAtMidnight: true }
    const { token } = admin
    await mutate({ mutation: 'updateWorkspace', input: { liveChatSettings }, token, select: '' })
    app.clock.set(monday('23:00'))
    const status = await toggle(app, { token: ada.token, available: true })
    expect(status).toMatchObject({
      toggle: { expiresAt: at('05:00') },
      changesAt: at('05:00'),
    })
  })

  it('expires at another time when the hours change', async () => {
    app.clock.set(monday('15:00'))
    await toggle(app, { token: ada.token, available: false })
    await setChatHours(app, ada, [...AFTERNOONS, { weekday: 'MONDAY', start: '16:00', end: '17:00' }])
    expect(await readStatus(ada)).toMatchObject({ toggle: { expiresAt: monday('16:00') } })
  })

  it('needs MANAGE_LIVE_CHAT_AVAILABILITY for oneself, MANAGE_AGENTS for a colleague', async () => {
    const byAdmin = { token: admin.token, available: true, agentId: ada.id }
    expect(await toggle(app, byAdmin)).toMatchObject({ available: true, source: 'TOGGLE' })
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const forbidden = await toggle(app, { token: ada.token, available: true, agentId: grace.id })
    expect(forbidden).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_AGENTS' })
    await database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
    expect(await toggle(app, { token: ada.token, available: false })).toMatchObject({
      permission: 'MANAGE_LIVE_CHAT_AVAILABILITY',
    })
    for (const token of [await createVisitor(app, acme), undefined]) {
      expect((await toggle(app, { token, available: false })).__typename).toBe('ForbiddenError')
    }
    expect(await readStatus(ada)).toMatchObject({ available: true })
    expect(await readStatus(grace)).toMatchObject({ available: false, toggle: null })
  })

  it('does not find agents of another workspace, removed agents, nor by a made-up id', async () => {
    const other = await createTestWorkspace(app)
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const input = { agentId: grace.id }
    await mutate({ mutation: 'removeAgent', input, token: admin.token, select: '' })
    for (const agentId of [other.admin.id, grace.id, encodeGlobalID('Agent', uuidv7()), acme.publicKey]) {
      const refusal = await toggle(app, { token: admin.token, available: true, agentId })
      expect(refusal.__typename).toBe('NotFoundError')
    }
    expect(await readStatus(other.admin, FIELDS, other.admin.token)).toMatchObject({ toggle: null })
  })

  it('publishes to the workspace and the agent when the status changes, and not otherwise', async () => {
    const before = await statusEvents(app, ada, acme)
    await toggle(app, { token: ada.token, available: true })
    await toggle(app, { token: ada.token, available: true })
    const published = {
      type: 'LiveChatStatusChanged',
      payload: { agentId: ada.agentId },
      at: app.clock.now(),
    }
    const after = await statusEvents(app, ada, acme)
    expect(after.agent.slice(before.agent.length)).toMatchObject([published])
    expect(after.workspace.slice(before.workspace.length)).toMatchObject([published])
  })
})

/** Offers of chats in the given states, each in a seat of the agent. */
async function fillSeats({ agentId }: Staff, states: ('ACCEPTED' | 'PENDING')[]): Promise<void> {
  const { workspaceId } = acme
  const now = app.clock.now()
  for (const [index, state] of states.entries()) {
    await createVisitor(app, acme)
    const visitor = await database.visitor.findFirstOrThrow({
      where: { workspaceId, conversations: { none: {} } },
    })
    const isActive = state === 'ACCEPTED'
    const conversation = await database.conversation.create({
      data: {
        workspaceId,
        personId: visitor.personId,
        visitorId: visitor.id,
        target: {},
        requestedAt: now,
        lastMessageAt: now,
        lastActiveAt: now,
        state: isActive ? 'ACTIVE' : 'OFFERED',
        ...(isActive ? { agentId, acceptedAt: now } : {}),
      },
    })
    await database.chatOffer.create({
      data: {
        workspaceId,
        conversationId: conversation.id,
        agentId,
        state,
        attempt: 1,
        offeredAt: now,
        expiresAt: now,
        seat: index + 1,
        capacity: 5,
        settledAt: isActive ? now : null,
      },
    })
  }
}
