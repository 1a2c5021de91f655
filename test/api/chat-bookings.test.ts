// Meetings that are booked in a live chat, or after it.
import { decodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { agentStream, conversationStream, workspaceStream } from '../../src/services/events/append-events.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting } from '../kit/booking.ts'
import {
  acceptChat,
  type Chat,
  chat,
  createChatAgent,
  lastOffer,
  openForChats,
  readChat,
  requestChat,
} from '../kit/chat.ts'
import { countStatements } from '../kit/count-statements.ts'
import { mutate } from '../kit/mutate.ts'

const TUESDAY = '2026-03-03'

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let visitor: string
/** A chat that Ada has. */
let conversationId: string

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createBookableAgent(app, acme, { name: 'Ada Lovelace' })
  await openForChats(app, acme, ada)
  visitor = await createVisitor(app, acme)
  conversationId = (await requestChat(app, visitor)).id
  await acceptChat(app, ada.token, (await lastOffer(app, admin(), conversationId)).id)
})

const admin = () => acme.admin.token
const at = (time: string) => `${TUESDAY}T${time}:00.000Z`
const bookAt = (
  time: string,
  { token = visitor, ...input }: { token?: string; [field: string]: unknown } = {},
) =>
  book(app, { token, input: { target: { agentId: ada.id }, startsAt: at(time), conversationId, ...input } })
const endChat = (token: string) => chat(app, { mutation: 'endChat', token, input: { conversationId } })
const meetingsOf = async (token: string, id = conversationId) => {
  const read = await readChat(
    app,
    token,
    id,
    'meetings { id startsAt source agent { name } person { email } }',
  )
  return (read as (Chat & { meetings: { id: string; startsAt: string }[] }) | null)?.meetings
}
const uuidOf = (globalId: string) => decodeGlobalID(globalId).id
/** What the streams were told, as often as it was told: of the chat, of its agent, and of the workspace. */
const told = async (type: string) => {
  const streams = [
    conversationStream(uuidOf(conversationId)),
    agentStream(ada.agentId),
    workspaceStream(acme.workspaceId),
  ]
  const { database } = app.app.services
  return Promise.all(streams.map((streamId) => database.event.count({ where: { streamId, type } })))
}

describe('bookMeeting in a chat', () => {
  it('makes the visitor’s meeting one of the chat’s, with a time or with a hold', async () => {
    const first = await bookAt('10:00')
    expect(first).toMatchObject({ __typename: 'Meeting', source: 'LIVE_CHAT' })
    const { id: holdId } = await hold(app, {
      token: visitor,
      input: { target: { agentId: ada.id }, startsAt: at('09:00') },
    })
    const second = await book(app, { token: visitor, input: { holdId, conversationId } })
    expect(second).toMatchObject({ __typename: 'Meeting', source: 'LIVE_CHAT' })
    for (const token of [visitor, ada.token, admin()]) {
      expect(await meetingsOf(token)).toMatchObject([
        { id: second.id, startsAt: at('09:00'), agent: { name: 'Ada Lovelace' } },
        { id: first.id, startsAt: at('10:00') },
      ])
    }
  })

  it('leaves a meeting that names no chat out of it', async () => {
    expect(await bookAt('10:00', { conversationId: null })).toMatchObject({ source: 'API' })
    expect(await meetingsOf(admin())).toEqual([])
  })

  it('tells the chat, its agent and the workspace once, in the transaction of the booking', async () => {
    const before = await told('ConversationUpdated')
    const { id } = await bookAt('10:00', { idempotencyKey: 'once' })
    const once = before.map((count) => count + 1)
    expect(await told('ConversationUpdated')).toEqual(once)
    expect(await bookAt('10:00', { idempotencyKey: 'once' })).toMatchObject({ id })
    expect(await bookAt('10:00')).toMatchObject({ __typename: 'SlotUnavailableError' })
    expect(await told('ConversationUpdated')).toEqual(once)
    expect(await told('MeetingChanged')).toEqual([0, 1, 1])
  })

  it('tells the visitor’s chat who the visitor turned out to be, also where the booking does not name it', async () => {
    const before = await told('ConversationUpdated')
    expect(await bookAt('10:00', { conversationId: null })).toMatchObject({ __typename: 'Meeting' })
    expect(await told('ConversationUpdated')).toEqual(before.map((count) => count + 1))
    expect(await readChat(app, ada.token, conversationId, 'person { email }')).toMatchObject({
      person: { email: 'grace@navy.example' },
    })
  })

  it('shows in the chat who the visitor turned out to be', async () => {
    await bookAt('10:00')
    const fields = 'person { email }'
    expect(await readChat(app, ada.token, conversationId, fields)).toMatchObject({
      person: { email: 'grace@navy.example' },
    })
  })

  it('lets its agent book for the visitor, once the e-mail is known', async () => {
    const mine = { token: ada.token, person: null }
    expect(await bookAt('10:00', mine)).toMatchObject({ issues: [{ path: ['input', 'person', 'email'] }] })
    await mutate(app, {
      ...{ mutation: 'identifyVisitor', token: visitor, select: '' },
      input: { person: { email: 'grace@navy.example' } },
    })
    const booked = await bookAt('10:00', { ...mine, person: { firstName: 'Grace' } })
    expect(booked).toMatchObject({
      source: 'LIVE_CHAT',
      person: { email: 'grace@navy.example', firstName: 'Grace' },
    })
    const other = await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
    expect(await bookAt('11:00', { ...mine, target: { agentId: other.id } })).toMatchObject({
      ...{ __typename: 'ForbiddenError', permission: 'MANAGE_ALL_MEETINGS' },
    })
    expect(await meetingsOf(ada.token)).toMatchObject([{ id: booked.id }])
  })

  it('is refused to those who do not talk in it, and books nothing then', async () => {
    const missing = { __typename: 'NotFoundError', message: expect.stringMatching(/^conversationId:/) }
    const hedy = await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const target = { roundRobin: true }
    expect(await bookAt('10:00', { token: await createVisitor(app, acme) })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: hedy.token, target: { agentId: hedy.id } })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: await createVisitor(app, globex), target })).toMatchObject(missing)
    expect(await bookAt('10:00', { conversationId: ada.id })).toMatchObject(missing)
    expect(await bookAt('10:00', { conversationId: 'made up' })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: admin() })).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await app.app.services.database.meeting.count({ where: { workspaceId: acme.workspaceId } })).toBe(
      0,
    )
  })

  it('takes the same few statements more, however many meetings the chat has', async () => {
    const person = { email: 'grace@navy.example' }
    await bookAt('09:00', { person })
    const alone = await countStatements(() => bookAt('09:30', { person, conversationId: null }))
    const second = await countStatements(() => bookAt('10:00', { person }))
    expect(second - alone).toBeLessThanOrEqual(4)
    expect(await countStatements(() => bookAt('10:30', { person }))).toBe(second)
  })
})

describe('a meeting that was booked in a chat', () => {
  const move = (meetingId: string) =>
    mutateMeeting(app, {
      ...{ mutation: 'rescheduleMeeting', token: visitor },
      input: { meetingId, startsAt: at('11:00') },
    })
  const WAYS: Record<string, (meetingId: string) => Promise<unknown>> = {
    moved: move,
    cancelled: (meetingId) =>
      mutateMeeting(app, { mutation: 'cancelMeeting', token: ada.token, input: { meetingId } }),
    reassigned: async (meetingId) => {
      await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
      await mutateMeeting(app, { mutation: 'reassignMeeting', token: admin(), input: { meetingId } })
    },
  }

  it.each(Object.keys(WAYS))('tells the chat, its agent and the workspace when it is %s', async (way) => {
    const { id } = await bookAt('10:00')
    const before = await told('ConversationUpdated')
    await WAYS[way]?.(id)
    expect(await told('ConversationUpdated')).toEqual(before.map((count) => count + 1))
  })

  it('tells nobody in the chat when nothing came of it, or the chat is over', async () => {
    const { id } = await bookAt('10:00')
    await move(id)
    const once = await told('ConversationUpdated')
    await move(id)
    expect(await told('ConversationUpdated')).toEqual(once)
    await endChat(visitor)
    const over = await told('ConversationUpdated')
    await WAYS.cancelled?.(id)
    expect(await told('ConversationUpdated')).toEqual(over)
  })
})

describe('bookMeeting after a chat', () => {
  it('is a fallback when nobody was there', async () => {
    const other = await createVisitor(app, acme)
    const missed = await requestChat(app, other, { target: { agentId: acme.admin.id } })
    expect(missed.state).toBe('MISSED')
    const booked = await bookAt('10:00', { token: other, conversationId: missed.id })
    expect(booked).toMatchObject({ source: 'FALLBACK' })
    expect(await meetingsOf(other, missed.id)).toMatchObject([{ id: booked.id }])
  })

  it('is a fallback when the visitor gave up before anybody accepted', async () => {
    const other = await createVisitor(app, acme)
    const { id } = await requestChat(app, other, { target: { agentId: ada.id } })
    const given = await chat(app, { mutation: 'endChat', token: other, input: { conversationId: id } })
    expect(given.state).toBe('ABANDONED')
    expect(await bookAt('10:00', { token: other, conversationId: id })).toMatchObject({ source: 'FALLBACK' })
  })

  it('is a fallback when the chat is over', async () => {
    await endChat(ada.token)
    expect(await bookAt('10:00')).toMatchObject({ source: 'FALLBACK' })
  })

  it('is open to the agent who had it', async () => {
    await endChat(visitor)
    expect(await bookAt('10:00', { token: ada.token })).toMatchObject({ source: 'FALLBACK' })
  })
})

describe('Conversation.meetings', () => {
  it('shows each viewer the meetings that the viewer may see, earliest first', async () => {
    const hedy = await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
    const withHedy = await bookAt('11:00', { target: { agentId: hedy.id } })
    const withAda = await bookAt('10:00')
    const byAda = await bookAt('09:00', { token: ada.token })
    const idsFor = async (token: string) => (await meetingsOf(token))?.map(({ id }) => id)
    expect(await idsFor(admin())).toEqual([byAda.id, withAda.id, withHedy.id])
    expect(await idsFor(ada.token)).toEqual([byAda.id, withAda.id])
    expect(await idsFor(visitor)).toEqual([withAda.id, withHedy.id])
  })

  it('is read with the same number of statements, however many chats and meetings there are', async () => {
    const read = () =>
      app.execute(
        '{ conversations(first: 50) { nodes { id meetings { id agent { name } person { email } } } } }',
        {
          token: admin(),
        },
      )
    await bookAt('10:00')
    const few = await countStatements(read)
    const grace = await createChatAgent(app, acme, 'Grace Hopper')
    for (const time of ['11:00', '12:00', '13:00']) {
      const token = await createVisitor(app, acme)
      const { id } = await requestChat(app, token, { target: { agentId: grace.id } })
      await bookAt(time, { token, conversationId: id })
    }
    expect(await countStatements(read)).toBe(few)
  })
})
