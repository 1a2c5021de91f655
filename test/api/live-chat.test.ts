// Requests for a live chat, and whose turn it is.
import { describe, expect, it } from 'vitest'
import { createTestAgent } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { createChatAgent, lastOffer, readChat, readOffers, requestChat, signOut } from '../kit/chat.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, visitor, mutate } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})

const settings = (liveChatSettings: object) =>
  mutate({ mutation: 'updateWorkspace', input: { liveChatSettings }, token: admin.token, select: '' })

describe('requestLiveChat', () => {
  it('offers the chat to the agent whose turn it is, with what the visitor says', async () => {
    const asked = await requestChat(app, visitor.token, {
      text: 'Hello?',
      pageUrl: 'https://www.acme.test/prices',
    })
    expect(asked).toMatchObject({
      state: 'OFFERED',
      agent: null,
      fallback: null,
      messages: { nodes: [{ author: 'VISITOR', text: 'Hello?' }] },
    })
    expect(await readOffers(app, admin.token, asked.id)).toMatchObject([
      { state: 'PENDING', attempt: 1, agent: { id: ada.id } },
    ])
  })

  it('offers chats to the agents in turn', async () => {
    const chosen: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      const { id } = await requestChat(app, await createVisitor(app, acme))
      chosen.push((await lastOffer(app, admin.token, id)).agent.id)
    }
    expect(chosen).toEqual([ada.id, grace.id, ada.id, grace.id])
  })

  it('offers the chat to the agent or the team of the target', async () => {
    const agentId = grace.id
    const { id } = await requestChat(app, visitor.token, { target: { agentId } })
    expect(await lastOffer(app, admin.token, id)).toMatchObject({ agent: { id: grace.id } })
    const { id: teamId } = await mutate({
      mutation: 'saveTeam',
      token: admin.token,
      select: '... on Team { id }',
      input: { name: 'Europe', agentIds: [grace.id, ada.id] },
    })
    const other = await requestChat(app, await createVisitor(app, acme), { target: { teamId } })
    expect(await lastOffer(app, admin.token, other.id)).toMatchObject({ agent: { id: grace.id } })
  })

  it('is missed, with the fallback, when no agent is eligible', async () => {
    for (const agent of [ada, grace]) await signOut(app, agent)
    await settings({ fallback: { message: 'Come back tomorrow.', offerMeeting: false } })
    expect(await requestChat(app, visitor.token)).toMatchObject({
      state: 'MISSED',
      agent: null,
      fallbackAgent: null,
      fallback: { message: 'Come back tomorrow.', offerMeeting: false },
    })
  })

  it('records why each agent was skipped', async () => {
    await signOut(app, ada)
    await createTestAgent(app, acme, 'Alan Turing')
    const { id } = await requestChat(app, visitor.token)
    const fields =
      'decision { kind pool agent { name } steps { stage skipped { agent { name } ineligibleBecause } } }'
    expect(await readChat(app, admin.token, id, fields)).toMatchObject({
      decision: {
        kind: 'LIVE_CHAT',
        pool: 'Round robin over all agents',
        agent: { name: grace.name },
        steps: [
          {
            stage: 'ROUND_ROBIN',
            skipped: [
              { agent: { name: 'Olivia Admin' }, ineligibleBecause: ['NO_HOURS', 'NOT_REACHABLE'] },
              { agent: { name: ada.name }, ineligibleBecause: ['NOT_REACHABLE'] },
            ],
          },
        ],
      },
    })
  })

  it('considers every agent in turn, however many come before the first who is eligible', async () => {
    for (const agent of [ada, grace]) await signOut(app, agent)
    for (let number = 0; number < 21; number++) await createTestAgent(app, acme, `Agent ${number}`)
    const last = await createChatAgent(app, acme, 'Alan Turing')
    const { id } = await requestChat(app, visitor.token)
    expect(await lastOffer(app, admin.token, id)).toMatchObject({ agent: { id: last.id } })
    const read = await readChat(app, admin.token, id, 'decision { steps { skipped { agent { name } } } }')
    const crowd = Array.from({ length: 21 }, (_one, number) => `Agent ${number}`)
    const skipped = ['Olivia Admin', ada.name, grace.name, ...crowd].map((name) => ({ agent: { name } }))
    expect(read?.decision).toEqual({ steps: [{ skipped }] })
  })

  it('answers the chat that the visitor already has', async () => {
    const first = await requestChat(app, visitor.token)
    expect((await requestChat(app, visitor.token)).id).toBe(first.id)
    expect(await readOffers(app, admin.token, first.id)).toHaveLength(1)
  })

  it('gives no agent more chats than the workspace allows, offers included', async () => {
    await settings({ chatsPerAgent: 1 })
    const states: string[] = []
    for (let request = 0; request < 3; request++) {
      states.push((await requestChat(app, await createVisitor(app, acme))).state)
    }
    expect(states).toEqual(['OFFERED', 'OFFERED', 'MISSED'])
  })

  it('is refused to staff, where chat is switched off, and to blocked e-mail domains', async () => {
    expect(await requestChat(app, ada.token)).toMatchObject({ __typename: 'ForbiddenError' })
    const update = (input: object) =>
      mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
    await update({ blockedEmails: ['rival.example'] })
    const rival = await createVisitor(app, acme, { email: 'spy@mail.rival.example' })
    expect(await requestChat(app, rival)).toMatchObject({ __typename: 'ForbiddenError' })
    await update({ chatEnabled: false })
    expect(await requestChat(app, visitor.token)).toMatchObject({ __typename: 'ForbiddenError' })
  })

  it('answers the first outcome to a retry with the same idempotency key, whatever was switched off since', async () => {
    const guest = await createVisitor(app, acme, { email: 'guest@rival.example' })
    const ask = (idempotencyKey: string) => requestChat(app, guest, { idempotencyKey })
    const first = await ask('one')
    const off = [{ blockedEmails: ['rival.example'] }, { blockedEmails: [], chatEnabled: false }]
    for (const input of off) {
      await mutate({ mutation: 'updateWorkspace', token: admin.token, input, select: '' })
      expect(await ask('one')).toMatchObject({ id: first.id, state: 'OFFERED' })
      expect(await ask('other')).toMatchObject({ __typename: 'ForbiddenError' })
    }
  })
})

describe('the queue for live chats', () => {
  const query = `{ routingQueue(kind: LIVE_CHAT) {
    kind next { id } entries { position agent { id } assignedToDate ineligibleBecause }
  } }`
  const readQueue = async () =>
    (await app.execute<{ routingQueue: object }>(query, { token: admin.token })).data?.routingQueue

  it('has every agent from the start, counts offers, and is separate from the queue for meetings', async () => {
    await requestChat(app, visitor.token)
    const absent = ['NO_HOURS', 'NOT_REACHABLE']
    expect(await readQueue()).toEqual({
      kind: 'LIVE_CHAT',
      next: { id: grace.id },
      entries: [
        { position: 1, agent: { id: admin.id }, assignedToDate: 0, ineligibleBecause: absent },
        { position: 2, agent: { id: ada.id }, assignedToDate: 1, ineligibleBecause: [] },
        { position: 3, agent: { id: grace.id }, assignedToDate: 0, ineligibleBecause: [] },
      ],
    })
    expect(await app.execute(query.replace('LIVE_CHAT', 'MEETING'), { token: admin.token })).toMatchObject({
      data: { routingQueue: { kind: 'MEETING', entries: [] } },
    })
  })

  it('skips an agent who is paused', async () => {
    const input = { kind: 'LIVE_CHAT', agentId: ada.id, paused: true }
    await mutate({ mutation: 'setRoutingPaused', token: admin.token, input, select: '' })
    const { id } = await requestChat(app, visitor.token)
    expect(await lastOffer(app, admin.token, id)).toMatchObject({ agent: { id: grace.id } })
  })
})
