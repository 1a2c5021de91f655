// Slugs: readable names by which visitors find an agent or a team.
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { book, hold, slots, startsOf } from '../kit/booking.ts'
import { openForChats, requestChat } from '../kit/chat.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN, TUESDAY } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene({ ada: bookable(), visitor: aVisitor })

const update = (input: object, { token } = admin) =>
  mutate({ mutation: 'updateAgent', input, token, select: '... on Agent { name slug publiclyBookable }' })
const saveTeam = (input: object) =>
  mutate({
    mutation: 'saveTeam',
    input: { name: 'Sales', agentIds: [ada.id], ...input },
    token: admin.token,
    select: '... on Team { id name slug publiclyBookable }',
  })
const publishAda = () => update({ agentId: ada.id, publiclyBookable: true })

describe('a slug', () => {
  it('is made from the name, and is unique among the agents and teams of the workspace', async () => {
    const namesake = await mutate({
      mutation: 'createAgent',
      input: { name: 'Ada Lovelace', email: `ada@navy.example` },
      token: admin.token,
      select: '... on Agent { slug publiclyBookable }',
    })
    expect(namesake).toMatchObject({ slug: 'ada-lovelace-2', publiclyBookable: false })
    expect(await saveTeam({ name: 'Ada Lovelace' })).toMatchObject({ slug: 'ada-lovelace-3' })
    expect(await saveTeam({ name: 'Everybody' })).toMatchObject({
      slug: 'everybody-2',
      publiclyBookable: false,
    })
    const stranger = await createTestWorkspace(app)
    const other = await createTestAgent(app, stranger, 'Ada Lovelace')
    expect(await update({ agentId: other.id }, stranger.admin)).toMatchObject({ slug: 'ada-lovelace' })
  })

  it('goes to one of several who are created with the same name at once', async () => {
    const created = await Promise.all(
      [1, 2, 3, 4].map((number) =>
        mutate({
          mutation: 'createAgent',
          input: { name: 'Grace Hopper', email: `grace${number}@navy.example` },
          token: admin.token,
          select: '... on Agent { slug }',
        }),
      ),
    )
    const slugs = ['grace-hopper', 'grace-hopper-2', 'grace-hopper-3', 'grace-hopper-4']
    expect(created.map(({ slug }) => slug).sort()).toEqual(slugs)
  })

  it('stays when the name changes, and can be changed by the agent and by those who manage agents', async () => {
    expect(await update({ name: 'Ada King' }, ada)).toMatchObject({ slug: 'ada-lovelace' })
    expect(await update({ slug: ' Countess ' }, ada)).toMatchObject({ slug: 'countess' })
    expect(await update({ agentId: ada.id, slug: 'ada' })).toMatchObject({ slug: 'ada' })
    expect(await update({ publiclyBookable: true }, ada)).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_AGENTS',
    })
    const { id: teamId } = await saveTeam({ slug: 'sales-europe', publiclyBookable: true })
    expect(await saveTeam({ teamId })).toMatchObject({ slug: 'sales-europe', publiclyBookable: true })
    expect(await saveTeam({ teamId, slug: 'emea' })).toMatchObject({ slug: 'emea' })
  })

  it('is refused if it belongs to another agent or team', async () => {
    await saveTeam({})
    expect(await update({ agentId: ada.id, slug: 'sales' })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'SLUG_TAKEN',
    })
    expect(await saveTeam({ name: 'Other', slug: 'ada-lovelace' })).toMatchObject({
      __typename: 'ConflictError',
    })
    expect(await database.team.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
    expect(await update({ agentId: ada.id, slug: 'ada-lovelace' })).toMatchObject({ slug: 'ada-lovelace' })
  })

  it.each(['', 'a b', '-ada', 'ada-', 'a--b', 'ädä', 'a/b', 'everybody', 'a'.repeat(61)])(
    'is refused if it is “%s”',
    async (slug) => {
      const refused = { __typename: 'InvalidInputError', issues: [{ path: ['input', 'slug'] }] }
      expect(await update({ agentId: ada.id, slug })).toMatchObject(refused)
      expect(await saveTeam({ slug })).toMatchObject(refused)
    },
  )

  it('is free again once its agent is removed or its team deleted', async () => {
    const { id: teamId } = await saveTeam({})
    const { token } = admin
    await mutate({ mutation: 'deleteTeam', input: { teamId }, token, select: '' })
    const removed = await mutate({
      mutation: 'removeAgent',
      input: { agentId: ada.id },
      token,
      select: '... on Agent { slug publiclyBookable }',
    })
    expect(removed).toMatchObject({ slug: null, publiclyBookable: false })
    const next = await createTestAgent(app, acme, 'Ada Lovelace')
    expect(await update({ agentId: next.id })).toMatchObject({ slug: 'ada-lovelace' })
    expect(await update({ agentId: next.id, slug: 'sales' })).toMatchObject({ slug: 'sales' })
  })

  it('leads to the slots of what is publicly bookable, and to a booking', async () => {
    await publishAda()
    await saveTeam({ publiclyBookable: true })
    const free = async (target: object) =>
      startsOf(await slots(app, { token: visitor.token, target, ...TUESDAY }))
    const byId = await free({ agentId: ada.id })
    expect(byId).toContain(NINE)
    for (const slug of ['ada-lovelace', 'sales', 'everybody']) expect(await free({ slug })).toEqual(byId)
    const person = { email: 'grace@navy.example' }
    const booked = await book(app, {
      token: visitor.token,
      input: { target: { slug: ' Ada-Lovelace ' }, startsAt: NINE, person },
    })
    expect(booked).toMatchObject({ __typename: 'Meeting', agent: { id: ada.id } })
  })

  it('leads to nobody who is not publicly bookable; the id still does', async () => {
    const person = { email: 'grace@navy.example' }
    const bookAt = (target: object) =>
      book(app, { token: visitor.token, input: { target, startsAt: NINE, person } })
    expect(await bookAt({ slug: 'ada-lovelace' })).toMatchObject({ __typename: 'NotFoundError' })
    expect(await bookAt({ slug: 'nobody' })).toMatchObject({ __typename: 'NotFoundError' })
    expect(await bookAt({ agentId: ada.id })).toMatchObject({ __typename: 'Meeting' })
  })

  it('leads to the same meeting when the call is repeated, whatever became of the slug', async () => {
    await publishAda()
    const bookBy = (caller: { token: string }, input: object) =>
      book(app, {
        token: caller.token,
        input: { target: { slug: 'ada-lovelace' }, idempotencyKey: 'a form', ...input },
      })
    const person = { email: 'grace@navy.example' }
    const byVisitor = { startsAt: NINE, person }
    const byAgent = { startsAt: TEN, person: { email: 'hedy@film.example' } }
    const [first, own] = [await bookBy(visitor, byVisitor), await bookBy(ada, byAgent)]
    expect([first, own]).toMatchObject([{ agent: { id: ada.id } }, { agent: { id: ada.id } }])
    await update({ agentId: ada.id, publiclyBookable: false })
    expect(await bookBy(visitor, byVisitor)).toMatchObject({ id: first.id })
    expect(await bookBy(ada, byAgent)).toMatchObject({ id: own.id })
    await update({ agentId: ada.id, slug: 'ada' })
    expect(await bookBy(visitor, byVisitor)).toMatchObject({ id: first.id })
    const other = { ...byVisitor, target: { slug: 'ada' } }
    expect(await bookBy(visitor, other)).toMatchObject({ __typename: 'ConflictError', reason: 'KEY_REUSED' })
    expect(await bookBy(visitor, { ...byVisitor, idempotencyKey: null })).toMatchObject({
      __typename: 'NotFoundError',
      path: ['input', 'slot', 'free', 'target', 'slug'],
    })
  })

  it('leads to the same chat when the request is repeated, whatever became of the slug', async () => {
    await publishAda()
    await openForChats(app, acme, ada)
    const request = (slug: string) =>
      requestChat(app, visitor.token, { target: { slug }, text: 'Hello', idempotencyKey: 'ask' })
    const first = await request('ada-lovelace')
    expect(first).toMatchObject({ __typename: 'Conversation', state: 'OFFERED' })
    await update({ agentId: ada.id, publiclyBookable: false })
    expect(await request('ada-lovelace')).toMatchObject({ id: first.id })
    await update({ agentId: ada.id, slug: 'ada' })
    const repeated = await request('ada-lovelace')
    expect(repeated).toMatchObject({ id: first.id })
    expect(repeated.messages.nodes).toHaveLength(1)
    expect(await request('ada')).toMatchObject({ __typename: 'ConflictError', reason: 'KEY_REUSED' })
  })

  it('leads an agent who books only the own calendar to the same meeting, whoever has the slug by then', async () => {
    await publishAda()
    const bookBy = (slug: string, input: object = {}) =>
      book(app, {
        token: ada.token,
        input: { target: { slug }, startsAt: NINE, idempotencyKey: 'a form', ...input },
      })
    const first = await bookBy('ada-lovelace')
    expect(first).toMatchObject({ __typename: 'Meeting', agent: { id: ada.id } })
    await update({ agentId: ada.id, slug: 'countess' })
    expect(await bookBy('ada-lovelace')).toMatchObject({ id: first.id })
    await saveTeam({ slug: 'ada-lovelace', publiclyBookable: true })
    expect(await bookBy('ada-lovelace')).toMatchObject({ id: first.id })
    const another = { startsAt: TEN, idempotencyKey: 'another' }
    expect(await bookBy('ada-lovelace', another)).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_ALL_MEETINGS',
    })
    expect(await bookBy('countess', another)).toMatchObject({ __typename: 'Meeting' })
  })

  it('is what an agent who books only the own calendar can hold and book by', async () => {
    await publishAda()
    const held = await hold(app, {
      token: ada.token,
      input: { target: { slug: 'ada-lovelace' }, startsAt: NINE },
    })
    expect(held).toMatchObject({ __typename: 'SlotHold', agent: { id: ada.id } })
    await saveTeam({ publiclyBookable: true })
    const refused = await hold(app, {
      token: ada.token,
      input: { target: { slug: 'sales' }, startsAt: NINE },
    })
    expect(refused).toMatchObject({ __typename: 'ForbiddenError', permission: 'MANAGE_ALL_MEETINGS' })
  })
})
