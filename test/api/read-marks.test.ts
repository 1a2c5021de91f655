// How far the two sides of a chat have read, and what is left to read.
import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, chat, lastOffer, readChat, say, startActiveChat } from '../kit/chat.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, grace, visitor } = useScene({
  ada: forChat,
  grace: forChat,
  visitor: aVisitor,
})
/** A chat that Ada has. */
let conversationId: string

beforeEach(async () => {
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const mark = (token: string, messageId: string) =>
  chat(app, { mutation: 'markRead', token, input: { conversationId, messageId } })
const read = async (token: string, fields: string, id = conversationId) => {
  const query = `query ($id: ID!) { viewerUnread node(id: $id) { ... on Conversation { ${fields} } } }`
  return data<{ viewerUnread: number; node: Record<string, unknown> | null }>(
    app.execute(query, { variables: { id }, token }),
  )
}
const totalOf = async (token: string) => (await read(token, 'unreadTotal')).viewerUnread

describe('markRead', () => {
  it('counts what the other side has said since, and never moves back', async () => {
    const unread = async () => [
      (await readChat(app, visitor.token, conversationId))?.unread,
      (await readChat(app, ada.token, conversationId))?.unread,
    ]
    const first = await say(app, visitor.token, { conversationId, text: 'One' })
    const second = await say(app, visitor.token, { conversationId, text: 'Two' })
    expect(await unread()).toEqual([0, 2])
    expect(await mark(ada.token, second.id)).toMatchObject({ unread: 0 })
    expect(await mark(ada.token, first.id)).toMatchObject({ unread: 0 })
    await say(app, ada.token, { conversationId, text: 'Three' })
    expect(await unread()).toEqual([1, 0])
  })

  it('shows both sides, and a supervisor, the last message that each has read', async () => {
    const marks = (token: string) => readChat(app, token, conversationId, 'lastReadByVisitor lastReadByAgent')
    expect(await marks(visitor.token)).toMatchObject({ lastReadByVisitor: null, lastReadByAgent: null })
    const first = await say(app, visitor.token, { conversationId, text: 'One' })
    const second = await say(app, visitor.token, { conversationId, text: 'Two' })
    await mark(ada.token, first.id)
    for (const { token } of [visitor, ada, admin]) {
      expect(await marks(token)).toMatchObject({
        lastReadByVisitor: second.id,
        lastReadByAgent: first.id,
      })
    }
    const answer = await say(app, ada.token, { conversationId, text: 'Three' })
    expect(await marks(visitor.token)).toMatchObject({
      lastReadByVisitor: second.id,
      lastReadByAgent: answer.id,
    })
  })
})

describe('viewerUnread', () => {
  it('is read once for all fields of an operation that ask for it', async () => {
    const readTotals = async (fields: string) => {
      const statements = await recordStatements(() => data(app.execute(fields, { token: ada.token })))
      return statements.filter((sql) => sql.includes('sum("messageCount"')).length
    }
    expect(await readTotals('{ viewerUnread }')).toBe(1)
    expect(await readTotals('{ viewerUnread again: viewerUnread }')).toBe(1)
  })

  it('is the sum over all chats of the viewer, which each of them has too', async () => {
    const guest = { token: await createVisitor(app, acme) }
    const other = await startActiveChat(app, acme, { agent: ada, visitor: guest })
    await say(app, visitor.token, { conversationId, text: 'One' })
    await say(app, visitor.token, { conversationId, text: 'Two' })
    await say(app, guest.token, { conversationId: other, text: 'Three' })
    const fields = 'unread unreadTotal'
    expect(await read(ada.token, fields)).toEqual({ viewerUnread: 3, node: { unread: 2, unreadTotal: 3 } })
    expect(await read(ada.token, fields, other)).toMatchObject({ node: { unread: 1, unreadTotal: 3 } })
    expect(await read(admin.token, fields)).toEqual({
      viewerUnread: 0,
      node: { unread: 2, unreadTotal: null },
    })
    expect(await read(visitor.token, fields)).toMatchObject({ viewerUnread: 0, node: { unreadTotal: 0 } })
    await say(app, ada.token, { conversationId, text: 'Four' })
    expect(await totalOf(ada.token)).toBe(1)
    expect(await read(visitor.token, fields)).toMatchObject({ viewerUnread: 1, node: { unreadTotal: 1 } })
  })

  it('still counts a chat that is over, and goes along with one that is handed over', async () => {
    const guest = { token: await createVisitor(app, acme) }
    const other = await startActiveChat(app, acme, { agent: ada, visitor: guest })
    await say(app, visitor.token, { conversationId, text: 'Goodbye.' })
    await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId } })
    await say(app, guest.token, { conversationId: other, text: 'Hello?' })
    expect(await totalOf(ada.token)).toBe(2)
    const input = { conversationId: other, receiver: { agentId: grace.id } }
    await chat(app, { mutation: 'transferChat', token: ada.token, input })
    expect([await totalOf(ada.token), await totalOf(grace.token)]).toEqual([2, 0])
    await acceptChat(app, grace.token, (await lastOffer(app, admin.token, other)).id)
    expect([await totalOf(ada.token), await totalOf(grace.token)]).toEqual([1, 1])
  })

  it('is refused to nobody who is signed in', async () => {
    const { errors } = await app.execute('{ viewerUnread }')
    expect(errors).toHaveLength(1)
  })
})

describe('Message.clientKey', () => {
  it('is what its sender called the message, for the sender only', async () => {
    await say(app, visitor.token, { conversationId, text: 'Hello?', clientKey: 'draft-1' })
    await say(app, ada.token, { conversationId, text: 'Hello!', clientKey: 'draft-2' })
    const keysFor = async (token: string) => {
      const { node } = await read(token, 'messages { nodes { clientKey } }')
      return (node?.messages as { nodes: object[] } | undefined)?.nodes
    }
    const keys = (...values: (string | null)[]) => values.map((clientKey) => ({ clientKey }))
    expect(await keysFor(visitor.token)).toEqual(keys('draft-1', null))
    expect(await keysFor(ada.token)).toEqual(keys(null, 'draft-2'))
    expect(await keysFor(admin.token)).toEqual(keys(null, null))
  })
})
