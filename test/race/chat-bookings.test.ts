// A booking in a chat, concurrent with messages in the same chat.
import { expect, it } from 'vitest'
import { book } from '../kit/booking.ts'
import { acceptChat, lastOffer, openForChats, requestChat, say } from '../kit/chat.ts'
import { recordStatements } from '../kit/count-statements.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'

const ROUNDS = 20

const { app, acme, admin, ada, visitor } = useScene({
  ada: bookable({ hours: { durationMinutes: 5 } }),
  visitor: aVisitor,
})

it('bookings and messages in one chat take their locks in the same order, without deadlocks', async () => {
  await openForChats(app, acme, ada)
  const { id: conversationId } = await requestChat(app, visitor.token)
  await acceptChat(app, ada.token, (await lastOffer(app, admin.token, conversationId)).id)
  const bookAt = (round: number) => {
    const startsAt = new Date(Date.UTC(2026, 2, 3, 9, 5 * round)).toISOString()
    return book(app, {
      token: visitor.token,
      input: { target: { agentId: ada.id }, startsAt, conversationId },
    })
  }
  const answers: string[] = []
  const statements = await recordStatements(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const all = await Promise.all([
        bookAt(round),
        say(app, visitor.token, { conversationId, text: `Question ${round}` }),
        say(app, ada.token, { conversationId, text: `Answer ${round}` }),
      ])
      answers.push(...all.map(({ __typename }) => __typename))
    }
  })
  expect(answers).toEqual(Array(ROUNDS).fill(['Meeting', 'Message', 'Message']).flat())
  // After a deadlock the transaction is retried, and locks the chat again.
  const locks = statements.filter((sql) => /FROM "Conversation".*FOR (NO KEY )?UPDATE/s.test(sql))
  expect(locks).toHaveLength(3 * ROUNDS)
})
