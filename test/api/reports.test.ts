// The reports of a workspace, of what happens through the API. test/services/reports counts random rows.
import { describe, expect, it } from 'vitest'
import { allowOnly } from '../kit/actors.ts'
import { type Answer, data, START } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { acceptChat, declineChat, lastOffer, requestChat, say, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { countStatements } from '../kit/count-statements.ts'
import { insertCounts, insertDialogue } from '../kit/report-rows.ts'
import { anAgent, aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { at, NINE, slotAt } from '../kit/times.ts'

const { app, acme, admin, ada, beth, cleo, visitor, other, database, mutate } = useScene({
  ada: bookable(),
  beth: forChat,
  cleo: anAgent,
  visitor: aVisitor,
  other: aVisitor,
})

const WEEK = { from: '2026-03-02', to: '2026-03-08', timeZone: 'UTC' }
/** Of all numbers and tables together: one for each, and those that read the viewer, agents and teams. */
const MAX_STATEMENTS = 13
type Reports = Record<string, object>

function ask<Data = { reports: Reports }>(
  fields: string,
  { token = admin.token, ...range }: Partial<typeof WEEK> & { token?: string } = {},
): Promise<Answer<Data>> {
  const query = `query ($from: Date!, $to: Date!, $timeZone: TimeZone!) {
    reports(from: $from, to: $to, timeZone: $timeZone) { ${fields} } viewer { __typename }
  }`
  return app.execute<Data>(query, { variables: { ...WEEK, ...range }, token })
}

const report = async (fields: string, range: Partial<typeof WEEK> = {}) =>
  (await data(ask(fields, range))).reports

describe('a range of days', () => {
  it.each([
    ['is reversed', { from: '2026-03-09' }, ['to'], 'CONFLICTING', null],
    ['is longer than 24 months', { from: '2024-03-07' }, ['to'], 'OUT_OF_RANGE', 24],
    ['has no such date', { to: '2026-02-30' }, ['to'], 'INVALID_FORMAT', null],
    ['is before the calendar', { from: '0000-01-01', to: '0000-01-02' }, ['from'], 'OUT_OF_RANGE', null],
    ['has an instant for a date', { from: START }, ['from'], 'INVALID_FORMAT', null],
    ['is of an unknown zone', { timeZone: 'Mars/Olympus' }, ['timeZone'], 'UNKNOWN', null],
    ['is of an offset', { timeZone: '+01:00' }, ['timeZone'], 'UNKNOWN', null],
  ])('is refused if it %s', async (_what, range, path, code, limit) => {
    const { data: answered, errors } = await ask('meetings { booked }', range)
    expect(answered).toEqual({ reports: null, viewer: { __typename: 'Agent' } })
    const issue = expect.objectContaining({ path, code, ...(limit === null ? {} : { limit }) })
    expect(errors).toMatchObject([{ path: ['reports'], extensions: { code: 'INVALID_INPUT' } }])
    expect(errors?.[0]?.extensions?.issues).toContainEqual(issue)
  })

  it('is as long as 24 months, and lists each of its days', async () => {
    const range = { from: '2024-03-08', timeZone: 'europe/berlin' }
    const { dialogues } = await report('dialogues { timeZone from to days { date triggered } }', range)
    const { days, ...asked } = dialogues as { days: { date: string }[] }
    expect(asked).toEqual({ from: '2024-03-08', to: '2026-03-08', timeZone: 'Europe/Berlin' })
    expect(days).toHaveLength(731)
    expect(days.at(-1)).toEqual({ date: '2026-03-08', triggered: 0 })
  })
})

describe('reports', () => {
  it('are for staff with VIEW_REPORTS, and null for others, who get the rest of the answer', async () => {
    const { data: answered, errors } = await ask('meetings { booked }', { token: cleo.token })
    expect(answered).toEqual({ reports: null, viewer: { __typename: 'Agent' } })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'VIEW_REPORTS' } }])
    await allowOnly(app, cleo, ['VIEW_REPORTS'])
    expect(await ask('meetings { booked }', { token: cleo.token })).toEqual({
      data: { reports: { meetings: { booked: 0 } }, viewer: { __typename: 'Agent' } },
    })
  })

  it('take as many statements for many days, agents, chats and dialogues as for few', async () => {
    const everything = `
      dialogues { triggered engagementRate days { date triggered } cards { cardKey } }
      known: dialogues(known: true) { triggered }
      meetings { booked days { count } byAgent { agent { name } count } }
      liveChat { requested averageMinutes averageResponseSeconds days { missed }
        byAgent { agent { name } connected averageResponseSeconds } byTeam { team { name } requested } }`
    const bookAndChat = async (number: number) => {
      const agent = await forChat(app, acme, `Agent ${number}`)
      const seller = await bookable()(app, acme, `Seller ${number}`)
      const token = await createVisitor(app, acme)
      await book(app, { token, input: { target: { agentId: seller.id }, startsAt: NINE } })
      const conversationId = await startActiveChat(app, acme, { agent, visitor: { token } })
      await say(app, agent.token, { conversationId, text: 'Hello' })
      const dialogueId = await insertDialogue(app, { workspaceId: acme.workspaceId })
      const row = { dialogueId, kind: 'TRIGGERED', at: app.clock.now() } as const
      await insertCounts(app, acme.workspaceId, [row])
    }
    await bookAndChat(0)
    const few = await countStatements(() => report(everything))
    for (const number of [1, 2, 3]) await bookAndChat(number)
    const many = await countStatements(() => report(everything, { from: '2024-06-01' }))
    // Whether agents of two tables are read together depends on when the tables are there.
    for (const count of [few, many]) expect(count).toBeLessThanOrEqual(MAX_STATEMENTS)
  })
})

describe('the report of meetings', () => {
  const FIELDS = `meetings { booked cancelled noShows
    byAgent { agent { name } count cancelled noShows } days { date count cancelled } }`

  it('counts what was booked on these days, and what became of it', async () => {
    const target = { agentId: ada.id }
    const bookNext = (number: number) =>
      book(app, { token: visitor.token, input: { target, startsAt: slotAt(number) } })
    const first = await bookNext(0)
    await bookNext(1)
    app.clock.set(at('07:00'))
    const third = await bookNext(2)
    const call = { token: admin.token, select: '' }
    const input = { meeting: { meetingId: third.id } }
    await mutate({ mutation: 'cancelMeeting', input, ...call })
    app.clock.set(at('18:00'))
    const outcome = { meetingId: first.id, outcome: 'NO_SHOW' }
    await mutate({ mutation: 'recordMeetingOutcome', input: outcome, ...call })
    const { meetings } = await report(FIELDS, { to: '2026-03-04' })
    expect(meetings).toEqual({
      booked: 3,
      cancelled: 1,
      noShows: 1,
      byAgent: [{ agent: { name: 'Ada Lovelace' }, count: 3, cancelled: 1, noShows: 1 }],
      days: [
        { date: '2026-03-02', count: 2, cancelled: 0 },
        { date: '2026-03-03', count: 1, cancelled: 1 },
        { date: '2026-03-04', count: 0, cancelled: 0 },
      ],
    })
  })

  it('has a meeting at the agent who has it now, also after a removal', async () => {
    const grace = await bookable({ name: 'Grace Hopper' })(app, acme, 'Grace Hopper')
    const input = { target: { agentId: ada.id }, startsAt: NINE }
    const { id: meetingId } = await book(app, { token: visitor.token, input })
    const call = { token: admin.token, select: '' }
    await mutate({ mutation: 'reassignMeeting', input: { meetingId, agentId: grace.id }, ...call })
    await mutate({ mutation: 'removeAgent', input: { agentId: grace.id }, ...call })
    const { meetings } = await report(FIELDS)
    expect(meetings).toMatchObject({ byAgent: [{ agent: { name: 'Grace Hopper' }, count: 1 }] })
  })
})

describe('the report of live chats', () => {
  const FIELDS = `liveChat { requested connected missed abandoned averageMinutes averageResponseSeconds
    byAgent { agent { name } offered connected missed averageMinutes averageResponseSeconds }
    byTeam { team { name } requested connected missed averageMinutes }
    days { date requested connected missed } }`

  it('has nothing to average before the first chat', async () => {
    const { liveChat } = await report(FIELDS, { to: WEEK.from })
    expect(liveChat).toEqual({
      ...{ requested: 0, connected: 0, missed: 0, abandoned: 0 },
      ...{ averageMinutes: null, averageResponseSeconds: null, byAgent: [], byTeam: [] },
      days: [{ date: WEEK.from, requested: 0, connected: 0, missed: 0 }],
    })
  })

  it('counts what was requested, accepted and missed, how long it took and how soon agents responded', async () => {
    const input = { name: 'Sales', agentIds: [beth.id] }
    const select = '... on Team { id }'
    const { id: teamId } = await mutate({ mutation: 'saveTeam', input, select, token: admin.token })
    const chat = await requestChat(app, visitor.token, { target: { teamId }, text: 'Hello?' })
    const { id: conversationId } = chat
    app.clock.advance(10_000)
    await acceptChat(app, beth.token, (await lastOffer(app, admin.token, conversationId)).id)
    app.clock.advance(20_000)
    await say(app, beth.token, { conversationId, text: 'Hello.' })
    await say(app, beth.token, { conversationId, text: 'What is it?' })
    await say(app, visitor.token, { conversationId, text: 'Punched cards.' })
    app.clock.advance(5000)
    await say(app, visitor.token, { conversationId, text: 'And ink.' })
    app.clock.advance(35_000)
    await say(app, beth.token, { conversationId, text: 'We have both.' })
    app.clock.advance(2 * MINUTE)
    await mutate({ mutation: 'endChat', input: { conversationId }, token: beth.token, select: '' })

    const declined = await requestChat(app, other.token, { target: { agentId: beth.id } })
    await declineChat(app, beth.token, (await lastOffer(app, admin.token, declined.id)).id)
    const left = await requestChat(app, other.token, { target: { agentId: beth.id } })
    const ending = { conversationId: left.id }
    await mutate({ mutation: 'endChat', input: ending, token: other.token, select: '' })
    await requestChat(app, other.token, { target: { agentId: beth.id } })

    const { liveChat } = await report(FIELDS, { to: WEEK.from })
    expect(liveChat).toEqual({
      ...{ requested: 4, connected: 1, missed: 2, abandoned: 1 },
      ...{ averageMinutes: 3, averageResponseSeconds: 30 },
      byAgent: [
        {
          agent: { name: 'Beth Moore' },
          ...{ offered: 4, connected: 1, missed: 1, averageMinutes: 3, averageResponseSeconds: 30 },
        },
      ],
      byTeam: [{ team: { name: 'Sales' }, requested: 1, connected: 1, missed: 0, averageMinutes: 3 }],
      days: [{ date: WEEK.from, requested: 4, connected: 1, missed: 2 }],
    })
  })

  it('counts a chat that was handed over for both agents, and its length for the second', async () => {
    const grace = await forChat(app, acme, 'Grace Hopper')
    const conversationId = await startActiveChat(app, acme, { agent: beth, visitor })
    app.clock.advance(MINUTE)
    const input = { conversationId, receiver: { agentId: grace.id } }
    await mutate({ mutation: 'transferChat', input, token: beth.token, select: '' })
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, conversationId)).id)
    app.clock.advance(MINUTE)
    await mutate({ mutation: 'endChat', input: { conversationId }, token: grace.token, select: '' })
    const { liveChat } = await report(FIELDS)
    expect(liveChat).toMatchObject({
      connected: 1,
      averageMinutes: 2,
      byAgent: [
        { agent: { name: 'Beth Moore' }, offered: 1, connected: 1, averageMinutes: null },
        { agent: { name: 'Grace Hopper' }, offered: 1, connected: 1, averageMinutes: 2 },
      ],
    })
  })
})

describe('the report of dialogues', () => {
  it('counts all dialogues together, with rates, and of known visitors alone if asked', async () => {
    const { workspaceId } = acme
    const dialogueIds = [
      await insertDialogue(app, { workspaceId }),
      await insertDialogue(app, { workspaceId }),
    ]
    const rows = dialogueIds.flatMap((dialogueId, index) =>
      (['TRIGGERED', 'TRIGGERED', 'ENGAGED', 'PERSON_ACQUIRED'] as const).map((kind) => {
        return { dialogueId, kind, at: app.clock.now(), known: index === 0 }
      }),
    )
    await insertCounts(app, workspaceId, rows)
    await database.dialogue.update({
      where: { id: dialogueIds[0] ?? '' },
      data: { deletedAt: app.clock.now() },
    })
    const fields = 'triggered engaged completed engagementRate conversionRate'
    const reports = await report(`dialogues { ${fields} cards { cardKey } }
      known: dialogues(known: true) { triggered } others: dialogues(known: false) { triggered }`)
    expect(reports).toMatchObject({
      dialogues: {
        ...{ triggered: 4, engaged: 2, completed: 0, engagementRate: 0.5, conversionRate: 1 },
        cards: [],
      },
      known: { triggered: 2 },
      others: { triggered: 2 },
    })
    const { dialogues } = await report(`dialogues { ${fields} }`, { from: '2026-03-03' })
    expect(dialogues).toMatchObject({ triggered: 0, engagementRate: null, conversionRate: null })
  })
})
