// Requests for a live chat, and whose turn it is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { chat, createChatAgent, lastOffer, readChat, readOffers, requestChat, signOut } from '../kit/chat.ts'
import { mutate } from '../kit/mutate.ts'

const SECOND = 1000

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let grace: Staff
let visitor: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  grace = await createChatAgent(app, acme, 'Grace Hopper')
  visitor = await createVisitor(app, acme)
})

const admin = () => acme.admin.token
const later = (milliseconds: number) =>
  app.clock.set(new Date(app.clock.now().getTime() + milliseconds).toISOString())
const settings = (liveChatSettings: object) =>
  mutate(app, { mutation: 'updateWorkspace', input: { liveChatSettings }, token: admin(), select: '' })

describe('requestLiveChat', () => {
  it('offers the chat to the agent whose turn it is, with what the visitor says', async () => {
    const asked = await requestChat(app, visitor, { text: 'Hello?', pageUrl: 'https://www.acme.test/prices' })
    expect(asked).toMatchObject({
      ...{ state: 'OFFERED', agent: null, fallback: null },
      messages: { nodes: [{ author: 'VISITOR', text: 'Hello?' }] },
    })
    expect(await readOffers(app, admin(), asked.id)).toMatchObject([
      { state: 'PENDING', attempt: 1, agent: { id: ada.id } },
    ])
  })

  it('goes round the agents in turn', async () => {
    const chosen: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      const { id } = await requestChat(app, await createVisitor(app, acme))
      chosen.push((await lastOffer(app, admin(), id)).agent.id)
    }
    expect(chosen).toEqual([ada.id, grace.id, ada.id, grace.id])
  })

  it('asks the agent, or the team, that is wanted', async () => {
    const agentId = grace.id
    const { id } = await requestChat(app, visitor, { target: { agentId } })
    expect(await lastOffer(app, admin(), id)).toMatchObject({ agent: { id: grace.id } })
    const { id: teamId } = await mutate(app, {
      ...{ mutation: 'saveTeam', token: admin(), select: '... on Team { id }' },
      input: { name: 'Europe', agentIds: [grace.id, ada.id] },
    })
    const other = await requestChat(app, await createVisitor(app, acme), { target: { teamId } })
    expect(await lastOffer(app, admin(), other.id)).toMatchObject({ agent: { id: grace.id } })
  })

  it('is missed, with the fallback, when nobody is eligible', async () => {
    for (const agent of [ada, grace]) await signOut(app, agent)
    await settings({ fallback: { message: 'Come back tomorrow.', offerMeeting: false } })
    expect(await requestChat(app, visitor)).toMatchObject({
      ...{ state: 'MISSED', agent: null, fallbackAgent: null },
      fallback: { message: 'Come back tomorrow.', offerMeeting: false },
    })
  })

  it('records why each agent was passed over', async () => {
    await signOut(app, ada)
    await createTestAgent(app, acme, 'Alan Turing')
    const { id } = await requestChat(app, visitor)
    const fields = 'decision { kind pool agent { name } steps { stage skipped { agent { name } because } } }'
    expect(await readChat(app, admin(), id, fields)).toMatchObject({
      decision: {
        ...{ kind: 'LIVE_CHAT', pool: 'Round robin over all agents', agent: { name: grace.name } },
        steps: [
          {
            stage: 'ROUND_ROBIN',
            skipped: [
              { agent: { name: 'Olivia Admin' }, because: ['NOT_AVAILABLE', 'NOT_REACHABLE'] },
              { agent: { name: ada.name }, because: ['NOT_REACHABLE'] },
            ],
          },
        ],
      },
    })
  })

  it('looks at everybody in turn, however many come before the first who is there', async () => {
    for (const agent of [ada, grace]) await signOut(app, agent)
    for (let number = 0; number < 21; number++) await createTestAgent(app, acme, `Agent ${number}`)
    const last = await createChatAgent(app, acme, 'Alan Turing')
    const { id } = await requestChat(app, visitor)
    expect(await lastOffer(app, admin(), id)).toMatchObject({ agent: { id: last.id } })
    const read = await readChat(app, admin(), id, 'decision { steps { skipped { agent { name } } } }')
    const crowd = Array.from({ length: 21 }, (_one, number) => `Agent ${number}`)
    const skipped = ['Olivia Admin', ada.name, grace.name, ...crowd].map((name) => ({ agent: { name } }))
    expect(read?.decision).toEqual({ steps: [{ skipped }] })
  })

  it('answers the chat that the visitor has already', async () => {
    const first = await requestChat(app, visitor)
    expect((await requestChat(app, visitor)).id).toBe(first.id)
    expect(await readOffers(app, admin(), first.id)).toHaveLength(1)
  })

  it('gives no agent more chats than the workspace allows, offers included', async () => {
    await settings({ chatsPerAgent: 1 })
    const states: string[] = []
    for (let request = 0; request < 3; request++) {
      states.push((await requestChat(app, await createVisitor(app, acme))).state)
    }
    expect(states).toEqual(['OFFERED', 'OFFERED', 'MISSED'])
  })

  it('is refused to staff, where chat is switched off, and to blocked addresses', async () => {
    expect(await requestChat(app, ada.token)).toMatchObject({ __typename: 'ForbiddenError' })
    const update = (input: object) =>
      mutate(app, { mutation: 'updateWorkspace', token: admin(), input, select: '' })
    await update({ blockedEmailDomains: ['rival.example'] })
    const rival = await createVisitor(app, acme, { email: 'spy@mail.rival.example' })
    expect(await requestChat(app, rival)).toMatchObject({ __typename: 'ForbiddenError' })
    await update({ chatEnabled: false })
    expect(await requestChat(app, visitor)).toMatchObject({ __typename: 'ForbiddenError' })
  })

  it('answers its first outcome to a repeat with the key, whatever was switched off since', async () => {
    const guest = await createVisitor(app, acme, { email: 'guest@rival.example' })
    const ask = (idempotencyKey: string) => requestChat(app, guest, { idempotencyKey })
    const first = await ask('one')
    const off = [{ blockedEmailDomains: ['rival.example'] }, { blockedEmailDomains: [], chatEnabled: false }]
    for (const input of off) {
      await mutate(app, { mutation: 'updateWorkspace', token: admin(), input, select: '' })
      expect(await ask('one')).toMatchObject({ id: first.id, state: 'OFFERED' })
      expect(await ask('other')).toMatchObject({ __typename: 'ForbiddenError' })
    }
  })

  it('is refused to a visitor who asks again and again', async () => {
    for (let request = 0; request < 10; request++) {
      const { id } = await requestChat(app, visitor)
      await chat(app, { mutation: 'endChat', token: visitor, input: { conversationId: id } })
    }
    expect(await requestChat(app, visitor)).toMatchObject({
      ...{ __typename: 'QuotaExceededError', limit: 10, resetsAt: '2026-03-02T08:10:00.000Z' },
    })
    later(600 * SECOND)
    expect(await requestChat(app, visitor)).toMatchObject({ state: 'OFFERED' })
  })
})

describe('the queue for live chats', () => {
  const query = `{ routingQueue(kind: LIVE_CHAT) {
    kind next { id } entries { position agent { id } assignedToDate ineligibleBecause }
  } }`
  const readQueue = async () =>
    (await app.execute<{ routingQueue: object }>(query, { token: admin() })).data?.routingQueue

  it('has every agent from the beginning, counts what was offered, and is apart from that for meetings', async () => {
    await requestChat(app, visitor)
    const nobody = ['NOT_AVAILABLE', 'NOT_REACHABLE']
    expect(await readQueue()).toEqual({
      ...{ kind: 'LIVE_CHAT', next: { id: grace.id } },
      entries: [
        { position: 1, agent: { id: acme.admin.id }, assignedToDate: 0, ineligibleBecause: nobody },
        { position: 2, agent: { id: ada.id }, assignedToDate: 1, ineligibleBecause: [] },
        { position: 3, agent: { id: grace.id }, assignedToDate: 0, ineligibleBecause: [] },
      ],
    })
    expect(await app.execute(query.replace('LIVE_CHAT', 'MEETING'), { token: admin() })).toMatchObject({
      data: { routingQueue: { kind: 'MEETING', entries: [] } },
    })
  })

  it('passes over an agent who is paused', async () => {
    const input = { kind: 'LIVE_CHAT', agentId: ada.id, paused: true }
    await mutate(app, { mutation: 'setRoutingPaused', token: admin(), input, select: '' })
    const { id } = await requestChat(app, visitor)
    expect(await lastOffer(app, admin(), id)).toMatchObject({ agent: { id: grace.id } })
  })
})
