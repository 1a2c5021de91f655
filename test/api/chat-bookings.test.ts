// Meetings that are booked in a live chat, or after it.
import { decodeGlobalID } from '@pothos/plugin-relay'
import { beforeEach, describe, expect, it } from 'vitest'
import { agentStream, conversationStream, workspaceStream } from '../../src/services/events/append-events.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { book, createBookableAgent, createVisitor, hold, mutateMeeting } from '../kit/booking.ts'
import {
  type Chat,
  chat,
  createChatAgent,
  openForChats,
  readChat,
  requestChat,
  startActiveChat,
} from '../kit/chat.ts'
import { countStatements } from '../kit/count-statements.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at } from '../kit/times.ts'

const { app, acme, admin, ada, visitor, database, mutate } = useScene({ ada: bookable(), visitor: aVisitor })
/** A chat that Ada has. */
let conversationId: string

beforeEach(async () => {
  await openForChats(app, acme, ada)
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const bookAt = (
  time: string,
  { token = visitor.token, ...input }: { token?: string; [field: string]: unknown } = {},
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
/** How many events of a type were published to the streams of the chat, of its agent and of the workspace. */
const countEvents = async (type: string) => {
  const streams = [
    conversationStream(uuidOf(conversationId)),
    agentStream(ada.agentId),
    workspaceStream(acme.workspaceId),
  ]
  return Promise.all(streams.map((streamId) => database.event.count({ where: { streamId, type } })))
}

describe('bookMeeting in a chat', () => {
  it('adds the visitor’s meeting to the chat, booked with a time or with a hold', async () => {
    const first = await bookAt('10:00')
    expect(first).toMatchObject({ __typename: 'Meeting', source: 'LIVE_CHAT' })
    const { id: holdId } = await hold(app, {
      token: visitor.token,
      input: { target: { agentId: ada.id }, startsAt: at('09:00') },
    })
    const second = await book(app, { token: visitor.token, input: { holdId, conversationId } })
    expect(second).toMatchObject({ __typename: 'Meeting', source: 'LIVE_CHAT' })
    for (const token of [visitor.token, ada.token, admin.token]) {
      expect(await meetingsOf(token)).toMatchObject([
        { id: second.id, startsAt: at('09:00'), agent: { name: 'Ada Lovelace' } },
        { id: first.id, startsAt: at('10:00') },
      ])
    }
  })

  it('does not add a meeting that names no chat', async () => {
    expect(await bookAt('10:00', { conversationId: null })).toMatchObject({ source: 'API' })
    expect(await meetingsOf(admin.token)).toEqual([])
  })

  it('publishes to the chat, its agent and the workspace once, in the transaction of the booking', async () => {
    const before = await countEvents('ConversationChanged')
    const { id } = await bookAt('10:00', { idempotencyKey: 'once' })
    const once = before.map((count) => count + 1)
    expect(await countEvents('ConversationChanged')).toEqual(once)
    expect(await bookAt('10:00', { idempotencyKey: 'once' })).toMatchObject({ id })
    expect(await bookAt('10:00')).toMatchObject({ __typename: 'SlotUnavailableError' })
    expect(await countEvents('ConversationChanged')).toEqual(once)
    expect(await countEvents('MeetingChanged')).toEqual([0, 1, 1])
  })

  it('publishes to the visitor’s chat who the visitor is, even if the booking does not name the chat', async () => {
    const before = await countEvents('ConversationChanged')
    expect(await bookAt('10:00', { conversationId: null })).toMatchObject({ __typename: 'Meeting' })
    expect(await countEvents('ConversationChanged')).toEqual(before.map((count) => count + 1))
    expect(await readChat(app, ada.token, conversationId, 'person { email }')).toMatchObject({
      person: { email: 'grace@navy.example' },
    })
  })

  it('shows in the chat who the visitor is', async () => {
    await bookAt('10:00')
    const fields = 'person { email }'
    expect(await readChat(app, ada.token, conversationId, fields)).toMatchObject({
      person: { email: 'grace@navy.example' },
    })
  })

  it('lets the chat’s agent book for the visitor, once the e-mail is known', async () => {
    const mine = { token: ada.token, person: null }
    expect(await bookAt('10:00', mine)).toMatchObject({ issues: [{ path: ['input', 'person', 'email'] }] })
    await mutate({
      mutation: 'identifyVisitor',
      token: visitor.token,
      select: '',
      input: { person: { email: 'grace@navy.example' } },
    })
    const booked = await bookAt('10:00', { ...mine, person: { firstName: 'Grace' } })
    expect(booked).toMatchObject({
      source: 'LIVE_CHAT',
      person: { email: 'grace@navy.example', firstName: 'Grace' },
    })
    const other = await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
    expect(await bookAt('11:00', { ...mine, target: { agentId: other.id } })).toMatchObject({
      __typename: 'ForbiddenError',
      permission: 'MANAGE_ALL_MEETINGS',
    })
    expect(await meetingsOf(ada.token)).toMatchObject([{ id: booked.id }])
  })

  it('is refused to those who are not in the chat, and then books nothing', async () => {
    const missing = { __typename: 'NotFoundError', path: ['input', 'conversationId'] }
    const hedy = await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const target = { roundRobin: true }
    expect(await bookAt('10:00', { token: await createVisitor(app, acme) })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: hedy.token, target: { agentId: hedy.id } })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: await createVisitor(app, globex), target })).toMatchObject(missing)
    expect(await bookAt('10:00', { conversationId: ada.id })).toMatchObject(missing)
    expect(await bookAt('10:00', { conversationId: 'made up' })).toMatchObject(missing)
    expect(await bookAt('10:00', { token: admin.token })).toMatchObject({ __typename: 'ForbiddenError' })
    expect(await database.meeting.count({ where: { workspaceId: acme.workspaceId } })).toBe(0)
  })

  it('adds the same few statements, however many meetings the chat has', async () => {
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
      mutation: 'rescheduleMeeting',
      token: visitor.token,
      input: { meetingId, startsAt: at('11:00') },
    })
  const WAYS: Record<string, (meetingId: string) => Promise<unknown>> = {
    moved: move,
    cancelled: (meetingId) =>
      mutateMeeting(app, { mutation: 'cancelMeeting', token: ada.token, input: { meetingId } }),
    reassigned: async (meetingId) => {
      await createBookableAgent(app, acme, { name: 'Hedy Lamarr' })
      await mutateMeeting(app, { mutation: 'reassignMeeting', token: admin.token, input: { meetingId } })
    },
  }

  it.each(Object.keys(WAYS))(
    'is published to the chat, its agent and the workspace when it is %s',
    async (way) => {
      const { id } = await bookAt('10:00')
      const before = await countEvents('ConversationChanged')
      await WAYS[way]?.(id)
      expect(await countEvents('ConversationChanged')).toEqual(before.map((count) => count + 1))
    },
  )

  it('is not published to the chat when nothing changes, or when the chat is over', async () => {
    const { id } = await bookAt('10:00')
    await move(id)
    const once = await countEvents('ConversationChanged')
    await move(id)
    expect(await countEvents('ConversationChanged')).toEqual(once)
    await endChat(visitor.token)
    const over = await countEvents('ConversationChanged')
    await WAYS.cancelled?.(id)
    expect(await countEvents('ConversationChanged')).toEqual(over)
  })
})

describe('bookMeeting after a chat', () => {
  it('is a fallback when no agent was available', async () => {
    const other = await createVisitor(app, acme)
    const missed = await requestChat(app, other, { target: { agentId: admin.id } })
    expect(missed.state).toBe('MISSED')
    const booked = await bookAt('10:00', { token: other, conversationId: missed.id })
    expect(booked).toMatchObject({ source: 'FALLBACK' })
    expect(await meetingsOf(other, missed.id)).toMatchObject([{ id: booked.id }])
  })

  it('is a fallback when the visitor ended the chat before an agent accepted', async () => {
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

  it('is allowed to the agent who had the chat', async () => {
    await endChat(visitor.token)
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
    expect(await idsFor(admin.token)).toEqual([byAda.id, withAda.id, withHedy.id])
    expect(await idsFor(ada.token)).toEqual([byAda.id, withAda.id])
    expect(await idsFor(visitor.token)).toEqual([withAda.id, withHedy.id])
  })

  it('is read with the same number of statements, however many chats and meetings there are', async () => {
    const read = () =>
      app.execute(
        '{ conversations(first: 50) { nodes { id meetings { id agent { name } person { email } } } } }',
        {
          token: admin.token,
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
