// What is changed while requests wait: teams, settings, and who has declined.
import { beforeEach, describe, expect, it } from 'vitest'
import { fromGlobalId } from '../../src/schema/global-id.ts'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import type { Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { chat, createChatAgent, declineChat, lastOffer } from '../kit/chat.ts'
import { type Guest, guestsOf } from '../kit/guests.ts'
import { forChat, useScene } from '../kit/scene.ts'

const SECOND = 1000

const { app, acme, admin, ada, grace, database, mutate } = useScene({ ada: forChat, grace: forChat })
const { ask, occupy } = guestsOf(app, () => acme)

const set = (liveChatSettings: object) =>
  mutate({ mutation: 'updateWorkspace', input: { liveChatSettings }, token: admin.token, select: '' })
const sweep = () => sweepChats(app.app.services)
const end = ({ token, id }: Guest) => chat(app, { mutation: 'endChat', token, input: { conversationId: id } })
const stateOf = async (guest: Guest) => (await guest.read()).state
const takenBy = async ({ id }: Guest) => {
  const { state, agent } = await lastOffer(app, admin.token, id)
  return [state, agent.id]
}
const saveTeam = async (agents: Staff[], teamId?: string): Promise<string> => {
  const input = { teamId, name: 'Europe', agentIds: agents.map((agent) => agent.id) }
  const select = '... on Team { id }'
  return (await mutate({ mutation: 'saveTeam', input, token: admin.token, select })).id as string
}
/** The agent whose turn it is declines the chat. */
const decline = async ({ id }: Guest, { token }: Staff) =>
  declineChat(app, token, (await lastOffer(app, admin.token, id)).id)

/** As many other visitors made the same request, and the same agents declined it. */
async function copyRequest({ id }: Guest, times: number): Promise<void> {
  const uuid = fromGlobalId('Conversation', { id, field: 'id' })
  const copy = (table: string, row: string, changes: string) =>
    `INSERT INTO "${table}" SELECT (jsonb_populate_record(${row}, jsonb_build_object(${changes}))).* FROM copies, request`
  await database.$executeRawUnsafe(`
    WITH copies AS MATERIALIZED (
      SELECT gen_random_uuid() AS "chat", gen_random_uuid() AS "visitor", gen_random_uuid() AS "offer"
      FROM generate_series(1, ${times})
    ), request AS (
      SELECT c, v, o FROM "Conversation" c JOIN "Visitor" v ON v."id" = c."visitorId"
      JOIN "ChatOffer" o ON o."conversationId" = c."id" WHERE c."id" = '${uuid}'
    ), visitors AS (
      ${copy('Visitor', 'v', `'id', "visitor", 'tokenHash', sha256("visitor"::text::bytea)`)}
    ), chats AS (
      ${copy('Conversation', 'c', `'id', "chat", 'visitorId', "visitor"`)}
    ) ${copy('ChatOffer', 'o', `'id', "offer", 'conversationId', "chat"`)}`)
}

beforeEach(() => set({ chatsPerAgent: 1, waitSeconds: 60 }))

describe('a request that waits is missed at once, with the fallback,', () => {
  it('when its team loses its last agent', async () => {
    const teamId = await saveTeam([ada])
    await occupy(ada)
    const guest = await ask({ target: { teamId } })
    await saveTeam([], teamId)
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'MISSED', fallback: { offerMeeting: true } })
  })

  it('when only agents are left in its team who have had its offer', async () => {
    const teamId = await saveTeam([ada, grace])
    await occupy(grace)
    const guest = await ask({ target: { teamId } })
    await decline(guest, ada)
    expect(await stateOf(guest)).toBe('REQUESTED')
    await occupy(ada)
    await saveTeam([ada], teamId)
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'MISSED', fallbackAgent: { id: ada.id } })
  })

  it('when it has had as many offers as are allowed by now', async () => {
    await occupy(grace)
    const guest = await ask()
    await decline(guest, ada)
    await set({ maxOffersPerRequest: 1 })
    await sweep()
    expect(await guest.read()).toMatchObject({ state: 'MISSED', fallbackAgent: { id: ada.id } })
  })
})

it('a request is served behind any number of requests that a free agent has declined', async () => {
  await occupy(grace)
  const declined = await ask()
  await decline(declined, ada)
  await copyRequest(declined, 50)
  const last = await ask()
  await sweep()
  expect(await takenBy(last)).toEqual(['PENDING', ada.id])
  expect(
    await database.conversation.count({ where: { workspaceId: acme.workspaceId, state: 'REQUESTED' } }),
  ).toBe(51)
})

describe('once the workspace lets requests wait no longer, a new request', () => {
  it('does not overtake those that wait, and waits for its turn', async () => {
    const active = [await occupy(ada), await occupy(grace)]
    const first = await ask()
    const { waiting } = await first.read()
    await set({ waitSeconds: 0 })
    for (const each of active) await end(each)
    const second = await ask()
    expect(await second.read()).toMatchObject({
      state: 'REQUESTED',
      waiting: { ...(waiting as object), place: 2 },
    })
    await sweep()
    expect([await takenBy(first), await takenBy(second)]).toEqual([
      ['PENDING', ada.id],
      ['PENDING', grace.id],
    ])
  })

  it('is missed if no agent has room', async () => {
    await occupy(ada)
    await occupy(grace)
    const first = await ask()
    await set({ waitSeconds: 0 })
    expect([await stateOf(first), await stateOf(await ask())]).toEqual(['REQUESTED', 'MISSED'])
  })

  it('is offered at once if those that waited did so for too long', async () => {
    const active = await occupy(ada)
    await occupy(grace)
    await ask()
    await set({ waitSeconds: 0 })
    app.clock.advance(60 * SECOND)
    await end(active)
    expect(await takenBy(await ask())).toEqual(['PENDING', ada.id])
  })
})

describe('explainRouting', () => {
  const explain = async () => {
    const query = `{ explainRouting(kind: LIVE_CHAT, target: { roundRobin: true }) {
      agent { id } steps { stage outcomeCode skipped { agent { id } } } } }`
    return (await data<{ explainRouting: object }>(app.execute(query, { token: admin.token }))).explainRouting
  }
  const waits = (...skipped: object[]) => ({
    agent: null,
    steps: [{ stage: 'ROUND_ROBIN', outcomeCode: 'WAITS', skipped }],
  })
  const skipped = ({ id }: Staff) => ({ agent: { id } })

  it('says that a request would wait for an agent with room', async () => {
    await occupy(ada)
    await occupy(grace)
    expect(await explain()).toEqual(waits(skipped(admin), skipped(ada), skipped(grace)))
  })

  it('says that a request would wait behind those that wait', async () => {
    await occupy(ada)
    await occupy(grace)
    await ask()
    await createChatAgent(app, acme, 'Alan Turing')
    expect(await explain()).toEqual(waits(skipped(admin), skipped(ada), skipped(grace)))
  })

  it('says that a request would be missed where requests do not wait', async () => {
    await occupy(ada)
    await occupy(grace)
    await set({ waitSeconds: 0 })
    expect(await explain()).toMatchObject({
      steps: [{ outcomeCode: 'NONE_ELIGIBLE' }, { stage: 'FALLBACK' }],
    })
  })
})
