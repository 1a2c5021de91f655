import { encodeGlobalID } from '@pothos/plugin-relay'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { slots, startsOf } from '../kit/booking.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const AGENT = '... on Agent { id name email pictureUrl roles { name } teams { name } calendar { state } }'

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })

const change = (mutation: string, input: object, token = admin.token) =>
  mutate({ mutation, input, token, select: AGENT })

const rowOf = ({ agentId }: Staff) => database.agent.findUniqueOrThrow({ where: { id: agentId } })
const roleId = (name: string) => encodeGlobalID('Role', acme.roleIds.get(name) ?? '')

describe('createAgent', () => {
  it('adds an agent with the e-mail in lower case and the role Agent', async () => {
    const agent = await change('createAgent', { name: 'Grace Hopper', email: 'Grace@Acme.test' })
    expect(agent).toMatchObject({
      __typename: 'Agent',
      name: 'Grace Hopper',
      email: 'grace@acme.test',
      roles: [{ name: 'Agent' }],
      teams: [],
      calendar: null,
    })
  })

  it('lets the agent take chats and, with a calendar, meetings in the usual hours of the workspace at once', async () => {
    const hours = 'timeZone weekly { weekday start end } overrides { date }'
    const created = await mutate({
      mutation: 'createAgent',
      input: { name: 'Edith Clarke', email: 'edith@acme.test' },
      token: admin.token,
      select: `... on Agent { id liveChatStatus { available changesAt }
        meetingAvailability { ${hours} } liveChatAvailability { ${hours} } }`,
    })
    const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY']
    const usual = {
      timeZone: 'Europe/Berlin',
      weekly: weekdays.map((weekday) => ({ weekday, start: '09:00', end: '17:00' })),
      overrides: [],
    }
    expect(created).toMatchObject({
      meetingAvailability: usual,
      liveChatAvailability: usual,
      liveChatStatus: { available: true, changesAt: '2026-03-02T16:00:00.000Z' },
    })
    const input = { agentId: created.id }
    await mutate({ mutation: 'connectBuiltInCalendar', input, token: admin.token, select: '' })
    const range = { from: '2026-03-02T00:00:00Z', to: '2026-03-04T00:00:00Z' }
    const free = startsOf(await slots(app, { token: admin.token, target: input, ...range }))
    expect([free.length, free[0], free.at(-1)]).toEqual([
      16,
      '2026-03-03T08:00:00.000Z',
      '2026-03-03T15:30:00.000Z',
    ])
  })

  it('answers the first outcome to a retry with the same idempotency key, and refuses other input', async () => {
    const input = { name: 'Edith Clarke', email: 'edith@acme.test', idempotencyKey: 'k1' }
    const first = await change('createAgent', input)
    expect(await change('createAgent', input)).toEqual(first)
    const other = await change('createAgent', { ...input, name: 'Edith' })
    expect(other).toMatchObject({ __typename: 'ConflictError', reason: 'KEY_REUSED' })
  })

  it('names the field of a malformed e-mail', async () => {
    expect(await change('createAgent', { name: 'Nobody', email: 'nobody' })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'email'] }],
    })
  })
})

describe('updateAgent', () => {
  it('changes what is given and keeps the rest', async () => {
    const pictureUrl = 'https://www.acme.test/ada.png'
    await change('updateAgent', { agentId: ada.id, pictureUrl })
    const agent = await change('updateAgent', { agentId: ada.id, name: 'Ada King' })
    expect(agent).toMatchObject({ __typename: 'Agent', name: 'Ada King', email: ada.email, pictureUrl })
    expect(await change('updateAgent', { agentId: ada.id, pictureUrl: null })).toMatchObject({
      name: 'Ada King',
      pictureUrl: null,
    })
  })

  it('replaces the roles', async () => {
    const input = { agentId: ada.id, roleIds: [roleId('Administrator'), roleId('Agent')] }
    expect(await change('updateAgent', input)).toMatchObject({
      roles: [{ name: 'Administrator' }, { name: 'Agent' }],
    })
    expect(await change('updateAgent', { agentId: ada.id, roleIds: [] })).toMatchObject({ roles: [] })
  })

  it('moves the built-in calendar to a new e-mail, so that another agent can have the old one', async () => {
    const connect = (agentId: unknown) =>
      mutate({
        mutation: 'connectBuiltInCalendar',
        input: { agentId },
        token: admin.token,
        select: '... on Calendar { accountEmail }',
      })
    const first = await change('createAgent', { name: 'Edith Clarke', email: 'edith@acme.test' })
    await connect(first.id)
    await change('updateAgent', { agentId: first.id, email: 'edith.clarke@acme.test' })
    const second = await change('createAgent', { name: 'Edith Two', email: 'edith@acme.test' })
    expect(await connect(second.id)).toMatchObject({ accountEmail: 'edith@acme.test' })
    expect(await connect(first.id)).toMatchObject({ accountEmail: 'edith.clarke@acme.test' })
  })

  it('lets agents change their own name and picture, and nothing else', async () => {
    const pictureUrl = 'https://www.acme.test/ada.png'
    expect(await change('updateAgent', { name: 'Ada King', pictureUrl }, ada.token)).toMatchObject({
      id: ada.id,
      name: 'Ada King',
      pictureUrl,
    })
    for (const input of [{ email: 'other@acme.test' }, { roleIds: [roleId('Administrator')] }]) {
      expect(await change('updateAgent', input, ada.token)).toMatchObject({
        __typename: 'ForbiddenError',
        permission: 'MANAGE_AGENTS',
      })
    }
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    expect(await change('updateAgent', { agentId: grace.id, name: 'G' }, ada.token)).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_AGENTS',
    })
    expect(await rowOf(grace)).toMatchObject({ name: 'Grace Hopper' })
  })

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'Two\nlines' }, 'name'],
    [{ name: 'a'.repeat(101) }, 'name'],
    [{ email: 'ada@' }, 'email'],
    [{ pictureUrl: 'javascript:alert(1)' }, 'pictureUrl'],
  ])('refuses %j', async (changes, field) => {
    expect(await change('updateAgent', { agentId: ada.id, ...changes })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', field] }],
    })
    expect(await rowOf(ada)).toMatchObject({ name: ada.name, email: ada.email, pictureUrl: null })
  })

  it('refuses the e-mail of another agent', async () => {
    await change('createAgent', { name: 'Edith Clarke', email: 'edith@acme.test' })
    const input = { agentId: ada.id, email: 'EDITH@acme.test' }
    expect(await change('updateAgent', input)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'ADDRESS_TAKEN',
    })
    expect(await rowOf(ada)).toMatchObject({ email: ada.email })
  })

  it('keeps at least one administrator', async () => {
    const input = { agentId: admin.id, roleIds: [roleId('Agent')] }
    expect(await change('updateAgent', input)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'LAST_ADMINISTRATOR',
    })
    await change('updateAgent', { agentId: ada.id, roleIds: [roleId('Administrator')] })
    expect((await change('updateAgent', input)).__typename).toBe('Agent')
  })

  it('finds neither agents nor roles of another workspace', async () => {
    const other = await createTestWorkspace(app)
    const foreignRole = encodeGlobalID('Role', other.roleIds.get('Administrator') ?? '')
    const attempts = [
      { agentId: other.admin.id, name: 'Stolen' },
      { agentId: encodeGlobalID('Agent', uuidv7()), name: 'Made up' },
      { agentId: ada.id, name: 'Changed', roleIds: [foreignRole] },
    ]
    for (const input of attempts) {
      expect((await change('updateAgent', input)).__typename).toBe('NotFoundError')
    }
    expect(await rowOf(other.admin)).toMatchObject({ name: other.admin.name })
    expect(await rowOf(ada)).toMatchObject({ name: ada.name })
  })
})
