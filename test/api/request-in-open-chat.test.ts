// A visitor who requests a chat while one is open: the words are never lost.
import { describe, expect, it } from 'vitest'
import { fromGlobalId } from '../../src/schema/global-id.ts'
import { acceptChat, chat, lastOffer, readChat, requestChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const TABS = 8

const { app, admin, ada, visitor } = useScene({ ada: forChat, visitor: aVisitor })

const textsOf = async (id: string) =>
  (await readChat(app, visitor.token, id))?.messages.nodes.map(({ text }) => text)

describe('the text of a request while a chat is open', () => {
  it('becomes a message of that chat, for its agent too', async () => {
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    const again = await requestChat(app, visitor.token, { text: 'I am on another page now.' })
    expect(again).toMatchObject({ id, state: 'ACTIVE' })
    expect(await textsOf(id)).toEqual(['Hello?', 'I am on another page now.'])
    expect(await readChat(app, ada.token, id)).toMatchObject({ unread: 2 })
    const events = await app.app.services.database.event.count({
      where: { streamId: `agent:${ada.agentId}`, type: 'MessageSent' },
    })
    expect(events).toBe(1)
  })

  it('is kept from each of eight tabs that ask at once', async () => {
    const texts = Array.from({ length: TABS }, (_one, tab) => `From tab ${tab}`)
    const asked = await Promise.all(texts.map((text) => requestChat(app, visitor.token, { text })))
    const [id, ...others] = new Set(asked.map((one) => one.id))
    expect(others).toEqual([])
    expect((await textsOf(id as string))?.toSorted()).toEqual(texts)
  })

  it('is written once for an idempotency key', async () => {
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    const input = { text: 'Are you there?', idempotencyKey: 'second' }
    for (let call = 0; call < 2; call++) {
      expect(await requestChat(app, visitor.token, input)).toMatchObject({ id })
    }
    expect(await textsOf(id)).toEqual(['Hello?', 'Are you there?'])
    const other = { ...input, text: 'Something else' }
    expect(await requestChat(app, visitor.token, other)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'KEY_REUSED',
    })
  })

  it('begins a new chat once the open one is over', async () => {
    const { id } = await requestChat(app, visitor.token, { text: 'Hello?' })
    await chat(app, { mutation: 'endChat', token: visitor.token, input: { conversationId: id } })
    const next = await requestChat(app, visitor.token, { text: 'Hello again.' })
    expect(next.id).not.toBe(id)
    expect(await textsOf(id)).toEqual(['Hello?'])
  })
})

describe('typing', () => {
  const typing = (token: string, conversationId: string) =>
    chat(app, { mutation: 'signalTyping', token, input: { conversationId } })
  const lastActiveAt = async (id: string) => {
    const where = { id: fromGlobalId('Conversation', { id, field: 'id' }) }
    return (await app.app.services.database.conversation.findUniqueOrThrow({ where })).lastActiveAt
  }

  it('of either side postpones the idle time-out, and is written only now and then', async () => {
    const { id } = await requestChat(app, visitor.token)
    await acceptChat(app, ada.token, (await lastOffer(app, admin.token, id)).id)
    for (const { token } of [visitor, ada]) {
      app.clock.advance(9 * MINUTE)
      await typing(token, id)
      expect(await lastActiveAt(id)).toEqual(app.clock.now())
    }
    const written = app.clock.now()
    app.clock.advance(5000)
    await typing(visitor.token, id)
    expect(await lastActiveAt(id)).toEqual(written)
  })
})
