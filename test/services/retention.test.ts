// The sweep removes what was kept for long enough, and nothing that is live (docs/semantics.md, section 11).
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { DEFAULT_RETENTION } from '../../src/config/retention.ts'
import { sweep } from '../../src/services/privacy/sweep/sweep.ts'
import { data } from '../kit/app.ts'
import { book, hold } from '../kit/booking.ts'
import { startActiveChat } from '../kit/chat.ts'
import { DAY } from '../kit/clock.ts'
import { onPostgres } from '../kit/database.ts'
import { mutate } from '../kit/mutate.ts'
import { createConversation, identifyVisitor, visitorOf } from '../kit/people.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { openSession } from '../kit/second-session.ts'
import { at } from '../kit/times.ts'

const { app, acme, admin, ada, beth, visitor, other, database } = useScene({
  ada: bookable(),
  beth: forChat,
  visitor: aVisitor,
  other: aVisitor,
})

const sweepNow = () => sweep(app.app.services)
const advance = (ms: number) => app.clock.advance(ms)
const { idleVisitsMs, anonymousMs, conversationsMs, decisionsMs } = DEFAULT_RETENTION

/** Whether the visitor's token is still good. */
const isThere = async (token: string) =>
  (await app.execute('{ viewer { __typename } }', { token })).errors === undefined
const countPeople = () => database.person.count({ where: { workspaceId: acme.workspaceId } })

/** A meeting of the visitor on the day after the scene begins, and its global id. */
const bookTomorrow = (input: object = {}) => {
  const target = { agentId: ada.id }
  return book(app, { token: visitor.token, input: { target, startsAt: '2026-03-03T10:00:00Z', ...input } })
}

const node = async (id: string, fields: string, token = admin.token) =>
  (
    await data<{ node: Record<string, unknown> | null }>(
      app.execute(`query ($id: ID!) { node(id: $id) { ${fields} } }`, { variables: { id }, token }),
    )
  ).node

describe('a visit in which nothing was done', () => {
  it('is kept for 7 days, and then goes with its anonymous person', async () => {
    advance(idleVisitsMs - 1)
    await sweepNow()
    expect(await isThere(visitor.token)).toBe(true)
    advance(1)
    await sweepNow()
    expect(await isThere(visitor.token)).toBe(false)
    expect(await countPeople()).toBe(0)
  })

  it('is one without a name, a chat and a hold, whose person nobody has described', async () => {
    await identifyVisitor(app, visitor.token, { person: { firstName: 'Grace' } })
    const { personId } = await visitorOf(app, other.token)
    const input = { personId: encodeGlobalID('Person', personId), person: { firstName: 'Rear' } }
    await mutate(app, { mutation: 'updatePerson', token: admin.token, input, select: '' })
    const [chatter, holder] = [await aVisitor(app, acme, ''), await aVisitor(app, acme, '')] as const
    await createConversation(app, { token: chatter.token })
    advance(idleVisitsMs)
    const target = { agentId: ada.id }
    await hold(app, { token: holder.token, input: { target, startsAt: '2026-03-10T10:00:00Z' } })
    await sweepNow()
    for (const { token } of [visitor, other, chatter, holder]) expect(await isThere(token)).toBe(true)
  })

  it.runIf(onPostgres())('stays while somebody else has locked it, without a wait', async () => {
    advance(idleVisitsMs)
    const { id } = await visitorOf(app, visitor.token)
    const session = await openSession(app)
    await session.query('BEGIN')
    await session.query(`SELECT FROM "Visitor" WHERE "id" = '${id}' FOR NO KEY UPDATE`)
    await sweepNow()
    expect(await isThere(visitor.token)).toBe(true)
    expect(await isThere(other.token)).toBe(false)
    await session.query('ROLLBACK')
    await sweepNow()
    expect(await isThere(visitor.token)).toBe(false)
  })
})

describe('an anonymous person', () => {
  it('goes after 90 days, unless a chat is kept', async () => {
    await identifyVisitor(app, visitor.token, { person: { firstName: 'Grace' } })
    await createConversation(app, { token: other.token, agentId: beth.agentId, ended: true })
    advance(anonymousMs - 1)
    await sweepNow()
    expect(await countPeople()).toBe(2)
    advance(1)
    await sweepNow()
    expect(await countPeople()).toBe(1)
    advance(conversationsMs)
    await sweepNow()
    expect(await countPeople()).toBe(0)
  })
})

it('a known person stays when its visits, which are over, go', async () => {
  await identifyVisitor(app, visitor.token, { person: { email: 'grace@navy.example' } })
  const { id, personId } = await visitorOf(app, visitor.token)
  advance(anonymousMs)
  await sweepNow()
  expect(await database.visitor.findUnique({ where: { id } })).toBeNull()
  expect(await node(encodeGlobalID('Person', personId), '... on Person { email }')).toMatchObject({
    email: 'grace@navy.example',
  })
})

describe('a chat', () => {
  it('goes 730 days after its end, and the meeting that was booked in it stays', async () => {
    const chat = await createConversation(app, { token: visitor.token, agentId: beth.agentId, ended: true })
    const id = encodeGlobalID('Conversation', chat)
    const meeting = await bookTomorrow()
    const meetingId = await database.meeting.findFirstOrThrow({ where: { agentId: ada.agentId } })
    await database.meeting.update({ where: { id: meetingId.id }, data: { conversationId: chat } })
    advance(conversationsMs - 1)
    await sweepNow()
    expect(await node(id, 'id')).not.toBeNull()
    advance(1)
    await sweepNow()
    expect(await node(id, 'id')).toBeNull()
    expect(await node(meeting.id, '... on Meeting { status }')).toEqual({ status: 'SCHEDULED' })
  })

  it('goes in portions if it is long, whole', async () => {
    const conversationId = await createConversation(app, {
      token: visitor.token,
      agentId: beth.agentId,
      ended: true,
    })
    const sentAt = app.clock.now()
    const message = { workspaceId: acme.workspaceId, conversationId, author: 'VISITOR' as const, sentAt }
    const texts = Array.from({ length: 4500 }, (_, index) => ({ ...message, seq: index + 1, text: 'Hello' }))
    await database.message.createMany({ data: texts })
    advance(conversationsMs)
    const portions: number[] = []
    await sweep(app.app.services, {
      onPortion: ({ rule, removed }) => rule === 'conversations' && portions.push(removed),
    })
    expect(portions.length).toBeGreaterThan(2)
    expect(Math.max(...portions)).toBeLessThan(2300)
    expect(await database.message.count({ where: { conversationId } })).toBe(0)
  })

  it('stays while it is open, however old it is, with its offers and decisions', async () => {
    const id = await startActiveChat(app, acme, { agent: beth, visitor })
    advance(conversationsMs + anonymousMs)
    await sweepNow()
    const chat = await node(id, '... on Conversation { state offers { state } decisions { pool } }')
    expect(chat).toMatchObject({ state: 'ACTIVE', offers: [{ state: 'ACCEPTED' }], decisions: [{}] })
  })
})

/** Of a chat or a meeting. */
const DECISION = '... on Meeting { decision { pool } }'

const cancel = (meetingId: string, reason: string) =>
  mutate(app, {
    mutation: 'cancelMeeting',
    token: admin.token,
    input: { meeting: { meetingId }, reason },
    select: '',
  })

describe('a meeting', () => {
  it('stays when it is over, and loses after 730 days what was written and claimed for it', async () => {
    const agenda = 'The compiler of 1952'
    const pageUrl = 'https://www.acme.test/pricing'
    const { id } = await bookTomorrow({ agenda, pageUrl })
    await cancel(id, 'A storm')
    const { endsAt } = await database.meeting.findFirstOrThrow({ where: { agentId: ada.agentId } })
    const TEXTS =
      '... on Meeting { status subject body pageUrl history { kind reason } person { email } clearedAt }'
    app.clock.set(new Date(endsAt.getTime() + conversationsMs - 1).toISOString())
    await sweepNow()
    expect(JSON.stringify(await node(id, TEXTS))).toContain(agenda)
    advance(1)
    await sweepNow()
    expect(await node(id, TEXTS)).toEqual({
      status: 'CANCELLED',
      subject: '',
      body: '',
      pageUrl: null,
      history: [
        { kind: 'BOOKED', reason: null },
        { kind: 'CANCELLED', reason: null },
      ],
      person: { email: 'grace@navy.example' },
      clearedAt: app.clock.now().toISOString(),
    })
  })

  it('keeps its texts as long as its link is good, also if less is kept otherwise', async () => {
    const { id } = await bookTomorrow({ agenda: 'Compilers' })
    const { settings, ...services } = app.app.services
    const retention = { ...settings.retention, conversationsMs: 30 * DAY }
    advance(90 * DAY)
    await sweep({ ...services, settings: { ...settings, retention } })
    expect(await node(id, '... on Meeting { clearedAt }')).toEqual({ clearedAt: null })
  })
})

describe('the record of a routing decision', () => {
  it('goes after 90 days, unless its meeting is still to come', async () => {
    const target = { roundRobin: true }
    const over = await book(app, { token: visitor.token, input: { target, startsAt: at('10:00') } })
    const coming = await book(app, { token: other.token, input: { target, startsAt: at('11:00') } })
    const later = new Date(app.clock.now().getTime() + decisionsMs + DAY)
    const where = { agentId: ada.agentId, startsAt: new Date(at('11:00')) }
    const endsAt = new Date(later.getTime() + DAY)
    await database.meeting.updateMany({ where, data: { startsAt: later, endsAt } })
    const pools = async () => [await node(over.id, DECISION), await node(coming.id, DECISION)]
    const decided = { decision: { pool: 'Round robin over all agents' } }
    advance(decisionsMs - 1)
    await sweepNow()
    expect(await pools()).toEqual([decided, decided])
    advance(1)
    await sweepNow()
    expect(await pools()).toEqual([{ decision: null }, decided])
  })
})

describe('the sweep', () => {
  it.runIf(onPostgres())('works on a rule at one node at a time', async () => {
    advance(idleVisitsMs)
    await database.sweepPlace.createMany({ data: [{ rule: 'idle visits' }], skipDuplicates: true })
    const seen: string[] = []
    const onPortion = ({ rule }: { rule: string }) => seen.push(rule)
    const session = await openSession(app)
    await session.query('BEGIN')
    await session.query(`SELECT FROM "SweepPlace" WHERE "rule" = 'idle visits' FOR UPDATE`)
    await sweep(app.app.services, { onPortion })
    expect(seen).not.toContain('idle visits')
    expect(await isThere(visitor.token)).toBe(true)
    await session.query('ROLLBACK')
    await sweep(app.app.services, { onPortion })
    expect(seen).toContain('idle visits')
    expect(await isThere(visitor.token)).toBe(false)
  })

  it('goes on where a run stopped, and begins again once it has come to the end', async () => {
    const rule = 'conversations'
    for (const token of [visitor.token, other.token]) await createConversation(app, { token })
    advance(conversationsMs)
    const chats = () => database.conversation.count({ where: { workspaceId: acme.workspaceId } })
    const ages = { where: { workspaceId: acme.workspaceId }, orderBy: { id: 'asc' as const } }
    const [first] = await database.conversation.findMany(ages)
    const place = { at: first?.endedAt ?? null, rowId: first?.id ?? null }
    await database.sweepPlace.upsert({ where: { rule }, create: { rule, ...place }, update: place })
    await sweepNow()
    expect(await chats()).toBe(1)
    await sweepNow()
    expect(await chats()).toBe(0)
  })
})
