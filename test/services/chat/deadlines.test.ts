// What is due is done in order, and one thing that fails holds up nothing else.
import { beforeEach, describe, expect, it } from 'vitest'
import { fromGlobalId } from '../../../src/schema/global-id.ts'
import { sweepChats } from '../../../src/services/chat/sweep.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../../kit/actors.ts'
import { startAppForTest, type TestApp } from '../../kit/app.ts'
import { createVisitor } from '../../kit/booking.ts'
import { chat, createChatAgent, readOffers, requestChat, signIn, signOut } from '../../kit/chat.ts'
import { MINUTE } from '../../kit/clock.ts'
import { mutate } from '../../kit/mutate.ts'

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let grace: Staff
let alan: Staff

beforeEach(async () => {
  app = await startAppForTest()
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme, 'Ada Lovelace')
  grace = await createChatAgent(app, acme, 'Grace Hopper')
  alan = await createChatAgent(app, acme, 'Alan Turing')
})

/** A visitor asks for a chat; a second passes. */
async function ask(): Promise<{ visitor: string; id: string }> {
  const visitor = await createVisitor(app, acme)
  const { id } = await requestChat(app, visitor)
  app.clock.advance(1000)
  return { visitor, id }
}

/** Who was asked for a chat, and what became of it. */
const asked = async (id: string) =>
  (await readOffers(app, acme.admin.token, id)).map(({ state, agent }) => [state, agent.id])

describe('the offers of an agent who goes', () => {
  it('go on in the order in which they were made', async () => {
    for (const agent of [grace, alan]) await signOut(app, agent)
    const before = await ask()
    const first = await ask()
    // Neither the agent's seats nor where the rows lie must matter: the second one gets the first seat, and the row of
    // the first one comes after it.
    await chat(app, { mutation: 'endChat', token: before.visitor, input: { conversationId: before.id } })
    const second = await ask()
    const { database } = app.app.services
    await database.chatOffer.updateMany({
      where: { conversationId: fromGlobalId('Conversation', { id: first.id, field: 'id' }) },
      data: { pushedAt: app.clock.now() },
    })
    await database.$executeRaw`ANALYZE "ChatOffer"`
    for (const agent of [grace, alan]) await signIn(app, acme, agent)
    const input = { available: false }
    await mutate(app, { mutation: 'toggleLiveChatAvailability', token: ada.token, input, select: '' })
    expect(await asked(first.id)).toEqual([
      ['REVOKED', ada.id],
      ['PENDING', grace.id],
    ])
    expect(await asked(second.id)).toEqual([
      ['REVOKED', ada.id],
      ['PENDING', alan.id],
    ])
  })
})

describe('an offer whose time is up', () => {
  it('goes on although another chat cannot', async () => {
    const broken = await ask()
    const { id } = await ask()
    await app.app.services.database.conversation.update({
      where: { id: fromGlobalId('Conversation', { id: broken.id, field: 'id' }) },
      data: { target: 'nobody knows' },
    })
    app.clock.advance(2 * MINUTE)
    await sweepChats(app.app.services)
    expect(await asked(id)).toEqual([
      ['EXPIRED', grace.id],
      ['PENDING', alan.id],
    ])
    expect(app.faults).toHaveLength(1)
  })

  it('stays EXPIRED, whatever ends the chat before anybody has noted that', async () => {
    const { id, visitor } = await ask()
    app.clock.advance(2 * MINUTE)
    expect(await asked(id)).toEqual([['EXPIRED', ada.id]])
    await chat(app, { mutation: 'endChat', token: visitor, input: { conversationId: id } })
    expect(await asked(id)).toEqual([['EXPIRED', ada.id]])
  })
})
