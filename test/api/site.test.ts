// What a page of the website reads first, and what staff sets for it.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { connectCalendar, createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createBookableAgent, createVisitor } from '../kit/booking.ts'
import { createChatAgent, requestChat, signIn, signOut } from '../kit/chat.ts'
import { countStatements } from '../kit/count-statements.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene({ ada: bookable(), visitor: aVisitor })

interface Bookable {
  slug: string
  kind: string
  agentId: string | null
  teamId: string | null
  name: string
  pictureUrl: string | null
  durations: number[]
}

interface Site {
  name: string
  chatEnabled: boolean
  anybodyOnline: boolean
  meetingFallback: { message: string; offerMeeting: boolean }
  bookable: Bookable[]
}

const SITE = `{ site {
  name chatEnabled anybodyOnline meetingFallback { message offerMeeting }
  bookable { slug kind agentId teamId name pictureUrl durations }
} }`

const read = (query: string, token = visitor.token) => data<{ site: Site }>(app.execute(query, { token }))
const readSite = async (token = visitor.token) => (await read(SITE, token)).site
const slugs = async () => (await readSite()).bookable.map(({ slug }) => slug)
const isOnline = async () => (await readSite()).anybodyOnline

const update = (input: object, { token } = admin) =>
  mutate({
    mutation: 'updateAgent',
    input,
    token,
    select: '... on Agent { name slug publiclyBookable }',
  })
const saveTeam = (input: object) =>
  mutate({
    mutation: 'saveTeam',
    input: { name: 'Sales', agentIds: [ada.id], ...input },
    token: admin.token,
    select: '... on Team { id name slug publiclyBookable }',
  })
const publish = (agent: Staff) => update({ agentId: agent.id, publiclyBookable: true })

describe('the site', () => {
  it('says the name, the settings and that all agents can be booked, and names nobody else at first', async () => {
    const { name } = await database.workspace.findUniqueOrThrow({ where: { id: acme.workspaceId } })
    const site = await readSite()
    expect(site).toEqual({
      name,
      chatEnabled: true,
      anybodyOnline: false,
      meetingFallback: { message: expect.any(String), offerMeeting: true },
      bookable: [
        {
          slug: 'everybody',
          kind: 'EVERYBODY',
          agentId: null,
          teamId: null,
          name,
          pictureUrl: null,
          durations: [30],
        },
      ],
    })
    expect(await readSite(ada.token)).toEqual(site)
  })

  it('lists teams and agents that are publicly bookable, with the lengths of their meetings', async () => {
    const alan = await createBookableAgent(app, acme, { name: 'Alan Turing', hours: { durationMinutes: 45 } })
    const withoutCalendar = await createTestAgent(app, acme, 'Beth Moore')
    await update({ agentId: ada.id, publiclyBookable: true, pictureUrl: 'https://acme.example/ada.png' })
    await publish(withoutCalendar)
    const { id: teamId } = await saveTeam({ publiclyBookable: true })
    const { workspaceId } = acme
    const team = await database.team.findFirstOrThrow({ where: { workspaceId } })
    await database.teamMember.create({
      data: { workspaceId, teamId: team.id, agentId: alan.agentId, position: 2 },
    })
    await saveTeam({ name: 'Hidden' })
    const [everybody, ...listed] = (await readSite()).bookable
    expect(everybody).toMatchObject({ kind: 'EVERYBODY', durations: [30, 45] })
    expect(listed).toEqual([
      {
        slug: 'sales',
        kind: 'TEAM',
        agentId: null,
        teamId,
        name: 'Sales',
        pictureUrl: null,
        durations: [30, 45],
      },
      {
        slug: 'ada-lovelace',
        kind: 'AGENT',
        agentId: ada.id,
        teamId: null,
        name: 'Ada Lovelace',
        pictureUrl: 'https://acme.example/ada.png',
        durations: [30],
      },
      expect.objectContaining({ slug: 'beth-moore', durations: [] }),
    ])
  })

  it('lists at most 500 bookables', async () => {
    const { workspaceId } = acme
    const teams = Array.from({ length: 500 }, (_, number) => ({
      id: randomUUID(),
      workspaceId,
      name: `Team ${String(number).padStart(3, '0')}`,
    }))
    await database.team.createMany({ data: teams })
    await database.bookable.createMany({
      data: teams.map(({ id: teamId, name }) => ({
        workspaceId,
        teamId,
        slug: name.replace(' ', '-').toLowerCase(),
        publiclyBookable: true,
      })),
    })
    const listed = await slugs()
    expect(listed).toHaveLength(500)
    expect([listed[0], listed[1], listed.at(-1)]).toEqual(['everybody', 'team-000', 'team-498'])
  })

  it('shows each workspace only its own', async () => {
    const stranger = await createTestWorkspace(app)
    await publish(ada)
    const token = await createVisitor(app, stranger)
    expect((await readSite(token)).bookable.map(({ kind }) => kind)).toEqual(['EVERYBODY'])
    const { errors } = await app.execute(SITE)
    expect(errors?.[0]?.extensions?.code).toMatch(/UNAUTHENTICATED|FORBIDDEN/)
  })

  it('takes the same number of SQL statements, however many agents and teams there are', async () => {
    const read = () => countStatements(() => readSite())
    await publish(ada)
    await createChatAgent(app, acme, 'Grace Hopper')
    const before = await read()
    expect(before).toBeLessThanOrEqual(4)
    for (const name of ['Alan Turing', 'Beth Moore', 'Cleo Vance']) {
      const agent = await createChatAgent(app, acme, name)
      await connectCalendar(app, agent)
      await publish(agent)
      await saveTeam({ name: `Team of ${name}`, agentIds: [agent.id], publiclyBookable: true })
    }
    expect(await read()).toBe(before)
    expect(await slugs()).toHaveLength(8)
  })
})

describe('anybodyOnline', () => {
  it('is true while an agent who is available has a console or a registered browser', async () => {
    const agent = await createChatAgent(app, acme, 'Grace Hopper')
    expect(await isOnline()).toBe(true)
    await signOut(app, agent)
    expect(await isOnline()).toBe(false)
    const { workspaceId } = acme
    const keys = { p256dh: 'x', auth: 'x', createdAt: app.clock.now() }
    const endpoint = `https://push.example/${agent.agentId}`
    await database.pushSubscription.create({
      data: { workspaceId, agentId: agent.agentId, endpoint, ...keys },
    })
    expect(await isOnline()).toBe(true)
  })

  it('is false while the only agent there is paused, or has toggled to unavailable', async () => {
    const agent = await createChatAgent(app, acme, 'Grace Hopper')
    await signIn(app, acme, ada)
    const pause = (paused: boolean) =>
      mutate({
        mutation: 'setRoutingPaused',
        input: { agentId: agent.id, kind: 'LIVE_CHAT', paused },
        token: admin.token,
        select: '',
      })
    await pause(true)
    expect(await isOnline()).toBe(false)
    await pause(false)
    expect(await isOnline()).toBe(true)
    const input = { available: false }
    await mutate({ mutation: 'setAvailabilityToggle', input, token: agent.token, select: '' })
    expect(await isOnline()).toBe(false)
  })

  it('is true although the agents have as many chats as they can', async () => {
    await mutate({
      mutation: 'updateWorkspace',
      input: { liveChatSettings: { chatsPerAgent: 1 } },
      token: admin.token,
      select: '',
    })
    await createChatAgent(app, acme, 'Grace Hopper')
    expect(await requestChat(app, visitor.token)).toMatchObject({ state: 'OFFERED' })
    expect(await isOnline()).toBe(true)
  })

  it('finds the one available agent among many who are signed in', async () => {
    const agents: Staff[] = []
    for (let number = 0; number < 22; number++)
      agents.push(await createTestAgent(app, acme, `Agent ${number}`))
    for (const agent of agents) await signIn(app, acme, agent)
    await database.liveChatAvailability.updateMany({
      where: { workspaceId: acme.workspaceId },
      data: { weekly: [] },
    })
    expect(await isOnline()).toBe(false)
    const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: 0, end: 1440 }))
    const last =
      agents
        .map(({ agentId }) => agentId)
        .sort()
        .at(-1) ?? ''
    await database.liveChatAvailability.update({
      where: { agentId: last },
      data: { timeZone: 'UTC', weekly },
    })
    expect(await isOnline()).toBe(true)
  })

  it('takes one statement for all of an operation, and while all agents are unavailable', async () => {
    const alone = await countStatements(() => read('{ site { anybodyOnline } }'))
    const fields = Array.from({ length: 10 }, (_, number) => `f${number}: anybodyOnline`).join(' ')
    expect(await countStatements(() => read(`{ site { ${fields} } }`))).toBe(alone)
    for (let number = 0; number < 22; number++)
      await signIn(app, acme, await createTestAgent(app, acme, `Agent ${number}`))
    await sweepChats(app.app.services)
    expect(await countStatements(() => read('{ site { anybodyOnline } }'))).toBe(alone)
    await createChatAgent(app, acme, 'Grace Hopper')
    expect(await isOnline()).toBe(true)
  })
})
