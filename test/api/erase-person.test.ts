// Erasing a person: what becomes of it for whoever looks, and when it is refused (docs/semantics.md, section 11).
import { encodeGlobalID } from '@pothos/plugin-relay'
import { describe, expect, it } from 'vitest'
import { MAX_CLEARED } from '../../src/services/privacy/erase/erase-person.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { book, hold } from '../kit/booking.ts'
import { readChat, startActiveChat } from '../kit/chat.ts'
import { erase, live, MARK } from '../kit/erasure.ts'
import { mutate } from '../kit/mutate.ts'
import { identifyVisitor, visitorOf } from '../kit/people.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const cast = useScene({
  ada: bookable(),
  beth: forChat,
  visitor: aVisitor,
  other: aVisitor,
})
const { app, acme, admin, ada, beth, visitor, other, database } = cast

describe('a person who is erased', () => {
  it('is signed out, holds nothing, and is another person with the same address later', async () => {
    const { token } = visitor
    const person = { email: 'grace@navy.example' }
    await identifyVisitor(app, token, { person })
    await hold(app, { token, input: { target: { agentId: ada.id }, startsAt: at('10:00') } })
    const { personId } = await visitorOf(app, token)
    expect(await erase(app, { personId, token: admin.token })).toMatchObject({
      complete: true,
      visits: 1,
      conversations: 0,
      meetings: 0,
    })
    expect((await app.execute('{ viewer { __typename } }', { token })).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ])
    expect(await database.reservation.count({ where: { agentId: ada.agentId } })).toBe(0)
    await identifyVisitor(app, other.token, { person })
    expect((await visitorOf(app, other.token)).personId).not.toBe(personId)
    const { people } = await data<{ people: { nodes: { id: string }[] } }>(
      app.execute('{ people(first: 10) { nodes { id } } }', { token: admin.token }),
    )
    expect(people.nodes).toHaveLength(1)
    const input = { personId: encodeGlobalID('Person', personId), person }
    const update = mutate(app, { mutation: 'updatePerson', token: admin.token, input, select: '' })
    expect(await update).toMatchObject({ __typename: 'NotFoundError' })
  })

  it('still counts: meetings, chats and turns stay as they were, without texts', async () => {
    const personId = await live(cast)
    const counts = () =>
      data(
        app.execute(
          `{ meetings(first: 5) { totalCount nodes { status agent { id } startsAt } }
            conversations(first: 5) { totalCount nodes { state agent { id } messages { totalCount } } }
            routingQueue(kind: LIVE_CHAT) { entries { agent { id } assignedToDate } } }`,
          { token: admin.token },
        ),
      )
    const before = await counts()
    await erase(app, { personId, token: admin.token })
    expect(await counts()).toEqual(before)
    const { id } = await database.conversation.findFirstOrThrow({ where: { personId } })
    const chat = await readChat(app, admin.token, encodeGlobalID('Conversation', id), 'transcript clearedAt')
    expect(chat?.messages.nodes.map(({ author, text }) => [author, text])).toEqual([
      ['VISITOR', ''],
      ['AGENT', ''],
    ])
    expect(chat?.clearedAt).toBe(app.clock.now().toISOString())
  })

  it('is told to the consoles: an event for each chat and each meeting', async () => {
    const personId = await live(cast)
    const streams = [`workspace:${acme.workspaceId}`, `agent:${ada.agentId}`, `agent:${beth.agentId}`]
    const where = { streamId: { in: streams } }
    const before = await database.event.count({ where })
    await erase(app, { personId, token: admin.token })
    const events = await database.event.findMany({ where, orderBy: [{ streamId: 'asc' }, { seq: 'asc' }] })
    expect(events).toHaveLength(before + 6)
    const last = async (streamId: string, take: number) => {
      const found = await database.event.findMany({ where: { streamId }, orderBy: { seq: 'desc' }, take })
      return found.map(({ type }) => type).reverse()
    }
    expect(await last(streams[0] ?? '', 4)).toEqual([
      'AccessChanged',
      'ConversationChanged',
      'ConversationChanged',
      'MeetingChanged',
    ])
    expect(await last(streams[1] ?? '', 1)).toEqual(['MeetingChanged'])
    expect(await last(streams[2] ?? '', 1)).toEqual(['ConversationChanged'])
    const meeting = await database.meeting.findFirstOrThrow({ where: { personId } })
    const history =
      '... on Meeting { history { kind reasonCode reason actorAgent { id } } person { erasedAt } }'
    const query = `query ($id: ID!) { node(id: $id) { ${history} } }`
    const variables = { id: encodeGlobalID('Meeting', meeting.id) }
    const { node } = await data<{ node: { history: object[] } }>(
      app.execute(query, { variables, token: admin.token }),
    )
    expect(node.history.at(-1)).toEqual({
      kind: 'ATTENDEE_CHANGED',
      reasonCode: 'PERSON_ERASED',
      reason: null,
      actorAgent: { id: admin.id },
    })
  })

  it('is erased by several calls if it has more than one clears, and a further call changes nothing', async () => {
    await identifyVisitor(app, visitor.token, { person: { email: 'grace@navy.example' } })
    const { id: visitorId, personId, workspaceId } = await visitorOf(app, visitor.token)
    const now = app.clock.now()
    const chat = { workspaceId, personId, visitorId, state: 'MISSED' as const, target: {}, pageUrl: MARK }
    const times = { requestedAt: now, lastMessageAt: now, lastActiveAt: now, endedAt: now }
    const chats = Array.from({ length: MAX_CLEARED + 1 }, () => ({ ...chat, ...times }))
    await database.conversation.createMany({ data: chats })
    expect(await erase(app, { personId, token: admin.token })).toMatchObject({
      complete: false,
      visits: 1,
      conversations: MAX_CLEARED,
    })
    expect(await erase(app, { personId, token: admin.token })).toMatchObject({
      complete: true,
      visits: 0,
      conversations: 1,
    })
    const events = await database.event.count()
    expect(await erase(app, { personId, token: admin.token })).toMatchObject({
      complete: true,
      visits: 0,
      conversations: 0,
      messages: 0,
    })
    expect(await database.event.count()).toBe(events)
  })
})

describe('the erasure of a person', () => {
  it('is refused while a meeting is to come or a chat is open, and changes nothing', async () => {
    const { token } = visitor
    await startActiveChat(app, acme, { agent: beth, visitor })
    const person = { email: 'grace@navy.example' }
    await book(app, {
      token: other.token,
      input: { target: { agentId: ada.id }, startsAt: at('10:00'), person },
    })
    const [chatter, booker] = [await visitorOf(app, token), await visitorOf(app, other.token)]
    expect(await erase(app, { personId: chatter.personId, token: admin.token })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'CHAT_OPEN',
    })
    expect(await erase(app, { personId: booker.personId, token: admin.token })).toMatchObject({
      __typename: 'ConflictError',
      reason: 'MEETING_UPCOMING',
    })
    expect(await visitorOf(app, other.token)).toEqual(booker)
    const { email, erasedAt } = await database.person.findUniqueOrThrow({ where: { id: booker.personId } })
    expect({ email, erasedAt }).toEqual({ email: person.email, erasedAt: null })
  })

  it('needs a permission, also the export, and the person of the own workspace', async () => {
    const { personId } = await visitorOf(app, visitor.token)
    const refused = { __typename: 'ForbiddenError', permission: 'MANAGE_PRIVACY_AND_SECURITY' }
    expect(await erase(app, { personId, token: ada.token })).toMatchObject(refused)
    const foreign = await createTestWorkspace(app, { name: 'Other' })
    expect(await erase(app, { personId, token: foreign.admin.token })).toMatchObject({
      __typename: 'NotFoundError',
    })
    const query = 'query ($id: ID!) { exportPerson(personId: $id) { records { kind } } }'
    const variables = { id: encodeGlobalID('Person', personId) }
    const codes: unknown[] = []
    for (const { token } of [visitor, ada, foreign.admin]) {
      const { errors } = await app.execute(query, { variables, token })
      codes.push(errors?.[0]?.extensions?.code)
    }
    expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'])
  })
})
