import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const FIELDS = 'timeZone weekly { weekday start end } overrides { date blocks { start end } }'
const MONDAY = { weekday: 'MONDAY', start: '13:00', end: '17:00' }
const HOURS = { timeZone: 'Europe/Berlin', weekly: [MONDAY] }
const CLOSED = { timeZone: 'Europe/Berlin', weekly: [], overrides: [] }

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })

const set = (input: object, token = ada.token) =>
  mutate({
    mutation: 'setLiveChatAvailability',
    input,
    token,
    select: `... on LiveChatAvailability { ${FIELDS} }`,
  })

interface Hours {
  liveChatAvailability: object
  meetingAvailability: object
}

async function readHours({ id, token }: Staff, fields = FIELDS): Promise<Hours> {
  const query = `query ($id: ID!) { node(id: $id) { ... on Agent {
    liveChatAvailability { ${fields} } meetingAvailability { ${fields} }
  } } }`
  const { node } = await data<{ node: Hours }>(app.execute(query, { variables: { id }, token }))
  return node
}

describe('setLiveChatAvailability', () => {
  it('replaces the hours for live chat, and does not change those for meetings', async () => {
    const overrides = [{ date: '2026-12-24', blocks: [{ start: '09:00', end: '12:00' }] }]
    const saved = await set({ ...HOURS, overrides })
    expect(saved).toEqual({ __typename: 'LiveChatAvailability', ...HOURS, overrides })
    expect(await readHours(ada)).toEqual({
      liveChatAvailability: { ...HOURS, overrides },
      meetingAvailability: CLOSED,
    })
  })

  it('keeps the overrides if they are omitted, and removes them with an empty list', async () => {
    const overrides = [{ date: '2026-12-24', blocks: [] }]
    await set({ ...HOURS, overrides })
    expect(await set({ timeZone: 'UTC', weekly: [] })).toMatchObject({ weekly: [], overrides })
    expect(await set({ ...HOURS, overrides: [] })).toMatchObject({ overrides: [] })
  })

  it.each<[string, object, string[]]>([
    ['an unknown zone', { timeZone: 'Mars/Olympus' }, ['timeZone']],
    ['a reversed block', { weekly: [{ ...MONDAY, end: '12:00' }] }, ['weekly', '0', 'end']],
    ['a block that ends at 25:00', { weekly: [MONDAY, { ...MONDAY, end: '25:00' }] }, ['weekly', '1', 'end']],
    [
      'a date twice',
      {
        overrides: [
          { date: '2026-12-24', blocks: [] },
          { date: '2026-12-24', blocks: [] },
        ],
      },
      ['overrides', '1', 'date'],
    ],
    ['more than 100 blocks a week', { weekly: Array(101).fill(MONDAY) }, ['weekly']],
  ])('refuses %s, and names the field', async (_what, change, path) => {
    expect(await set({ ...HOURS, ...change })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', ...path] }],
    })
    expect((await readHours(ada)).liveChatAvailability).toEqual(CLOSED)
  })

  it('needs MANAGE_LIVE_CHAT_AVAILABILITY for the agent’s own hours, MANAGE_AGENTS for a colleague’s', async () => {
    expect((await set({ ...HOURS, agentId: ada.id }, admin.token)).__typename).toBe('LiveChatAvailability')
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const forbidden = await set({ ...HOURS, agentId: grace.id })
    expect(forbidden).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_AGENTS' })
    await database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
    expect(await set(HOURS)).toMatchObject({ permission: 'MANAGE_LIVE_CHAT_AVAILABILITY' })
    expect((await set(HOURS, await createVisitor(app, acme))).__typename).toBe('ForbiddenError')
    const anonymous = { mutation: 'setLiveChatAvailability', input: HOURS, select: '' }
    expect((await mutate(anonymous)).__typename).toBe('ForbiddenError')
    expect((await readHours(grace)).liveChatAvailability).toEqual(CLOSED)
  })

  it('finds no agent of another workspace, and none with an unknown id', async () => {
    const other = await createTestWorkspace(app)
    for (const agentId of [other.admin.id, encodeGlobalID('Agent', uuidv7())]) {
      expect((await set({ ...HOURS, agentId }, admin.token)).__typename).toBe('NotFoundError')
    }
    expect((await readHours(other.admin)).liveChatAvailability).toEqual(CLOSED)
  })

  it('publishes the change and the new status to the workspace, and the status to the agent', async () => {
    await set(HOURS)
    const payload = { agentId: ada.agentId }
    const eventsOf = (streamId: string) =>
      database.event.findMany({ where: { streamId }, orderBy: { seq: 'asc' } })
    expect(await eventsOf(`workspace:${acme.workspaceId}`)).toMatchObject([
      { type: 'LiveChatAvailabilityChanged', payload },
      { type: 'LiveChatStatusChanged', payload },
    ])
    expect(await eventsOf(`agent:${ada.agentId}`)).toMatchObject([{ type: 'LiveChatStatusChanged', payload }])
  })
})

describe('LiveChatAvailability.intervals', () => {
  it('has the open time for live chat within the range', async () => {
    await set(HOURS)
    const week = 'intervals(from: "2026-03-01T00:00:00Z", to: "2026-03-08T00:00:00Z") { startsAt endsAt }'
    expect(await readHours(ada, week)).toEqual({
      liveChatAvailability: {
        intervals: [{ startsAt: '2026-03-02T12:00:00.000Z', endsAt: '2026-03-02T16:00:00.000Z' }],
      },
      meetingAvailability: { intervals: [] },
    })
  })
})
