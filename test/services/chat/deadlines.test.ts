// Due work is done in order, and a failure does not hold up other work.
import { describe, expect, it } from 'vitest'
import { fromGlobalId } from '../../../src/schema/global-id.ts'
import { sweepChats } from '../../../src/services/chat/sweep.ts'
import { createVisitor } from '../../kit/booking.ts'
import { chat, readOffers, requestChat, signIn, signOut } from '../../kit/chat.ts'
import { MINUTE } from '../../kit/clock.ts'
import { toggle } from '../../kit/live-chat-status.ts'
import { forChat, useScene } from '../../kit/scene.ts'

const { app, acme, admin, ada, grace, alan } = useScene(
  { ada: forChat, grace: forChat, alan: forChat },
  { appPerTest: true },
)

/** A visitor requests a chat; a second passes. */
async function ask(): Promise<{ visitor: string; id: string }> {
  const visitor = await createVisitor(app, acme)
  const { id } = await requestChat(app, visitor)
  app.clock.advance(1000)
  return { visitor, id }
}

/** The states and agents of the offers of a chat. */
const offersOf = async (id: string) =>
  (await readOffers(app, admin.token, id)).map(({ state, agent }) => [state, agent.id])

describe('the offers of an agent who becomes unavailable', () => {
  it('move on in the order in which they were made', async () => {
    for (const agent of [grace, alan]) await signOut(app, agent)
    const before = await ask()
    const first = await ask()
    // Neither the agent's seats nor the place of the rows must matter: the second offer gets the first seat, and the row
    // of the first offer follows it.
    await chat(app, { mutation: 'endChat', token: before.visitor, input: { conversationId: before.id } })
    const second = await ask()
    const { database } = app.app.services
    await database.chatOffer.updateMany({
      where: { conversationId: fromGlobalId('Conversation', { id: first.id, field: 'id' }) },
      data: { pushedAt: app.clock.now() },
    })
    await database.$executeRaw`ANALYZE "ChatOffer"`
    for (const agent of [grace, alan]) await signIn(app, acme, agent)
    await toggle(app, { token: ada.token, available: false })
    expect(await offersOf(first.id)).toEqual([
      ['REVOKED', ada.id],
      ['PENDING', grace.id],
    ])
    expect(await offersOf(second.id)).toEqual([
      ['REVOKED', ada.id],
      ['PENDING', alan.id],
    ])
  })
})

describe('an expired offer', () => {
  it('moves on although the one of another chat fails', async () => {
    const broken = await ask()
    const { id } = await ask()
    await app.app.services.database.conversation.update({
      where: { id: fromGlobalId('Conversation', { id: broken.id, field: 'id' }) },
      data: { target: 'nobody knows' },
    })
    app.clock.advance(2 * MINUTE)
    await sweepChats(app.app.services)
    expect(await offersOf(id)).toEqual([
      ['EXPIRED', grace.id],
      ['PENDING', alan.id],
    ])
    expect(app.faults).toHaveLength(1)
  })

  it('stays EXPIRED when the chat ends before a sweep has recorded the expiry', async () => {
    const { id, visitor } = await ask()
    app.clock.advance(2 * MINUTE)
    expect(await offersOf(id)).toEqual([['EXPIRED', ada.id]])
    await chat(app, { mutation: 'endChat', token: visitor, input: { conversationId: id } })
    expect(await offersOf(id)).toEqual([['EXPIRED', ada.id]])
  })
})
