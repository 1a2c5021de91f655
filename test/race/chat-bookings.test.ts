// A booking in a chat, and messages in the same chat at the same time.
import { expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { startAppForTest } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { acceptChat, lastOffer, openForChats, requestChat, say } from '../kit/chat.ts'
import { recordStatements } from '../kit/count-statements.ts'

const ROUNDS = 20

it('wait for each other in one order, so that the database never has to give one of them up', async () => {
  const app = await startAppForTest()
  const acme = await createTestWorkspace(app)
  const ada = await createBookableAgent(app, acme, { hours: { durationMinutes: 5 } })
  await openForChats(app, acme, ada)
  const visitor = await createVisitor(app, acme)
  const { id: conversationId } = await requestChat(app, visitor)
  await acceptChat(app, ada.token, (await lastOffer(app, acme.admin.token, conversationId)).id)
  const bookAt = (round: number) => {
    const startsAt = new Date(Date.UTC(2026, 2, 3, 9, 5 * round)).toISOString()
    return book(app, {
      token: visitor,
      input: { target: { agentId: ada.id }, startsAt, conversationId },
    })
  }
  const answers: string[] = []
  const statements = await recordStatements(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const all = await Promise.all([
        bookAt(round),
        say(app, visitor, { conversationId, text: `Question ${round}` }),
        say(app, ada.token, { conversationId, text: `Answer ${round}` }),
      ])
      answers.push(...all.map(({ __typename }) => __typename))
    }
  })
  expect(answers).toEqual(Array(ROUNDS).fill(['Meeting', 'Message', 'Message']).flat())
  // A transaction that was given up is done again, and locks the chat again.
  const locks = statements.filter((sql) => /FROM "Conversation".*FOR (NO KEY )?UPDATE/s.test(sql))
  expect(locks).toHaveLength(3 * ROUNDS)
})
