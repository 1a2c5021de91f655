import { beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data, START } from '../kit/app.ts'
import { book, createVisitor, mutateMeeting } from '../kit/booking.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const { app, acme, admin, ada, grace, visitor, mutate } = useScene(
  { ada: bookable(), grace: bookable(), visitor: aVisitor },
  { once: true },
)

/** Meetings of Ada at 9:00 and 9:30 and of Grace at 10:00; the one at 9:00 was held, the one at 9:30 is cancelled. */
beforeAll(async () => {
  const bookAt = (agent: Staff, startsAt: string, firstName: string) =>
    book(app, {
      token: visitor.token,
      input: {
        target: { agentId: agent.id },
        startsAt,
        person: { email: `${firstName.toLowerCase().replace('%', '')}@example.com`, firstName },
      },
    })
  const { id: heldId } = await bookAt(ada, NINE, 'Charles')
  const { id: meetingId } = await bookAt(ada, at('09:30'), '100%')
  await bookAt(grace, TEN, 'Konrad')
  await mutateMeeting(app, { mutation: 'cancelMeeting', token: visitor.token, input: { meetingId } })
  app.clock.set(NINE)
  const held = { meetingId: heldId, outcome: 'HELD' }
  await mutateMeeting(app, { mutation: 'recordMeetingOutcome', token: ada.token, input: held })
  app.clock.set(START)
})

interface Page {
  edges: { cursor: string; node: { person: { firstName: string }; past: boolean } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string }
}

async function list(variables: object = {}, token = admin.token): Promise<Page> {
  const query = `query ($filter: MeetingFilter, $orderBy: MeetingOrder, $first: Int, $after: String, $last: Int, $before: String) {
    meetings(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { past person { firstName } } } pageInfo { hasNextPage endCursor }
    } }`
  return (await data<{ meetings: Page }>(app.execute(query, { variables: { ...variables }, token }))).meetings
}

const names = ({ edges }: Page) => edges.map(({ node }) => node.person.firstName)

describe('meetings', () => {
  it('are all shown to administrators, their own to agents, and those they booked to visitors', async () => {
    expect(names(await list())).toEqual(['Charles', '100%', 'Konrad'])
    expect(names(await list({}, ada.token))).toEqual(['Charles', '100%'])
    expect(names(await list({}, visitor.token))).toEqual(['Charles', '100%', 'Konrad'])
    expect(names(await list({}, await createVisitor(app, acme)))).toEqual([])
  })

  it.each([
    [{ status: ['CANCELLED'] }, ['100%']],
    [{ status: ['SCHEDULED', 'RESCHEDULED'] }, ['Charles', 'Konrad']],
    [{ from: at('09:30') }, ['100%', 'Konrad']],
    [{ to: at('09:30') }, ['Charles']],
    [{ personEmail: 'KONRAD@example.com' }, ['Konrad']],
    [{ search: 'hopper' }, ['Konrad']],
    [{ search: '0%' }, ['100%']],
    [{ search: '_' }, []],
    [{ outcome: ['HELD'] }, ['Charles']],
    [{ outcome: ['NO_SHOW'] }, []],
    [{ withoutOutcome: true }, ['100%', 'Konrad']],
    [{ withoutOutcome: false }, ['Charles']],
    [{ withoutOutcome: true, status: ['SCHEDULED', 'RESCHEDULED'] }, ['Konrad']],
    [{ source: ['API'] }, ['Charles', '100%', 'Konrad']],
    [{ source: ['LIVE_CHAT', 'FALLBACK'] }, []],
  ])('are filtered by %j', async (filter, expected) => {
    expect(names(await list({ filter }))).toEqual(expected)
  })

  it('are filtered by agent, by team and by person', async () => {
    expect(names(await list({ filter: { agentIds: [grace.id] } }))).toEqual(['Konrad'])
    const team = await mutate({
      mutation: 'saveTeam',
      input: { name: 'Europe', agentIds: [grace.id] },
      token: admin.token,
      select: '... on Team { id }',
    })
    expect(names(await list({ filter: { teamId: team.id } }))).toEqual(['Konrad'])
    expect(names(await list({ filter: { teamId: team.id, agentIds: [ada.id] } }))).toEqual([])
    const { people } = await data<{ people: { nodes: { id: string }[] } }>(
      app.execute('{ people(search: "Charles") { nodes { id } } }', { token: admin.token }),
    )
    expect(names(await list({ filter: { personId: people.nodes[0]?.id } }))).toEqual(['Charles'])
  })

  it('have no teams or people of another kind, or of another workspace', async () => {
    const query = 'query ($filter: MeetingFilter) { meetings(filter: $filter) { totalCount } }'
    const filtered = (filter: object) => app.execute(query, { variables: { filter }, token: admin.token })
    for (const field of ['teamId', 'personId']) {
      const { errors } = await filtered({ [field]: ada.id })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' })
    }
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const input = { name: 'Europe', agentIds: [] }
    const team = await mutate({
      mutation: 'saveTeam',
      input,
      token: globex.admin.token,
      select: '... on Team { id }',
    })
    expect((await filtered({ teamId: team.id })).data).toEqual({ meetings: { totalCount: 0 } })
  })

  it('are past once their end is over, by the clock', async () => {
    app.clock.set('2026-03-03T09:29:59Z')
    expect(names(await list({ filter: { past: true } }))).toEqual([])
    app.clock.set(at('09:30'))
    expect(names(await list({ filter: { past: true } }))).toEqual(['Charles'])
    expect((await list()).edges.map(({ node }) => node.past)).toEqual([true, false, false])
  })

  it('are sorted in the requested order', async () => {
    expect(names(await list({ orderBy: 'STARTS_AT_DESC' }))).toEqual(['Konrad', '100%', 'Charles'])
    expect(names(await list({ orderBy: 'BOOKED_AT_DESC' }))).toEqual(['Konrad', '100%', 'Charles'])
  })

  it('are paged forwards and backwards', async () => {
    const first = await list({ first: 2 })
    expect(names(first)).toEqual(['Charles', '100%'])
    expect(first.pageInfo.hasNextPage).toBe(true)
    const second = await list({ first: 2, after: first.pageInfo.endCursor })
    expect(names(second)).toEqual(['Konrad'])
    expect(second.pageInfo.hasNextPage).toBe(false)
    expect(names(await list({ last: 1, before: second.pageInfo.endCursor }))).toEqual(['100%'])
  })

  it.each([
    [{ filter: { from: 'yesterday' } }, 'filter', 'from'],
    [{ filter: { personEmail: 'nobody' } }, 'filter', 'personEmail'],
    [{ filter: { search: 'x'.repeat(101) } }, 'filter', 'search'],
    [{ filter: { from: '10000-01-01T00:00:00Z' } }, 'filter', 'from'],
    [{ filter: { from: '2026-03-03T09:00:00' } }, 'filter', 'from'],
  ])('name the field of %j', async (variables, ...path) => {
    const query = 'query ($filter: MeetingFilter) { meetings(filter: $filter) { edges { cursor } } }'
    const { errors } = await app.execute(query, { variables, token: admin.token })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path }] })
  })

  it.each([
    ['a garbled cursor', { after: '💣' }],
    ['a cursor of nothing', { after: Buffer.from('GPC:S:abc').toString('base64') }],
    ['a negative number of items', { first: -1 }],
  ])('refuse %s', async (_which, variables) => {
    const query =
      'query ($first: Int, $after: String) { meetings(first: $first, after: $after) { edges { cursor } } }'
    const { errors } = await app.execute(query, { variables, token: admin.token })
    expect(errors?.[0]?.extensions?.code).toBe('INVALID_INPUT')
  })

  it('can be selected in full in the answer of a mutation', async () => {
    const input = {
      slot: { free: { target: { agentId: ada.id }, startsAt: '2026-03-04T09:00:00Z' } },
      timeZone: 'UTC',
      person: { email: 'a@example.com' },
    }
    const query = `mutation ($input: BookMeetingInput!) { bookMeeting(input: $input) { ... on Meeting {
      past decision { pool steps { stage } } agent { teams { name } calendar { state } } person { company { name } } } } }`
    const { bookMeeting } = await data<{ bookMeeting: object }>(
      app.execute(query, { variables: { input }, token: admin.token }),
    )
    expect(bookMeeting).toMatchObject({ past: false, decision: { pool: 'Agent Ada Lovelace' } })
  })

  it('are counted for each agent, without cancelled ones', async () => {
    const query = `{ agents { nodes { name meetingsToDate meetings(first: 5) { nodes { status } } } } }`
    const { agents } = await data<{ agents: { nodes: { name: string; meetingsToDate: number }[] } }>(
      app.execute(query, { token: admin.token }),
    )
    const counts = Object.fromEntries(agents.nodes.map(({ name, meetingsToDate }) => [name, meetingsToDate]))
    expect(counts).toEqual({ 'Ada Lovelace': 2, 'Grace Hopper': 1, 'Olivia Admin': 0 })
  })

  it('of an agent are for a visitor those that it booked with that agent', async () => {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent {
      meetings(first: 5) { totalCount edges { node { person { firstName } } } }
    } } }`
    const seenBy = async (token: string) => {
      const variables = { ids: [ada.id, grace.id] }
      const { nodes } = await data<{ nodes: { meetings: Page & { totalCount: number } }[] }>(
        app.execute(query, { variables, token }),
      )
      return nodes.map(({ meetings }) => [meetings.totalCount, ...names(meetings)])
    }
    const other = await createVisitor(app, acme)
    const input = {
      target: { agentId: grace.id },
      startsAt: at('11:00'),
      person: { email: 'o@example.com', firstName: 'Otto' },
    }
    await book(app, { token: other, input })
    expect(await seenBy(visitor.token)).toEqual([
      [2, 'Charles', '100%'],
      [1, 'Konrad'],
    ])
    expect(await seenBy(other)).toEqual([[0], [1, 'Otto']])
    expect(await seenBy(await createVisitor(app, acme))).toEqual([[0], [0]])
  })

  it('are filtered by teams and removed agents for staff only', async () => {
    const { id: teamId } = await mutate({
      mutation: 'saveTeam',
      input: { name: 'Secret', agentIds: [ada.id] },
      token: admin.token,
      select: '... on Team { id }',
    })
    const query = 'query ($filter: MeetingFilter) { meetings(filter: $filter) { totalCount } }'
    for (const filter of [{ teamId }, { needsAgent: false }]) {
      const ask = (token: string) => app.execute(query, { variables: { filter }, token })
      expect((await ask(visitor.token)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
      expect((await ask(ada.token)).errors).toBeUndefined()
    }
  })
})
