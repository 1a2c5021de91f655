// A visitor moves to another person at the moment at which it requests a chat.
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { requestChat } from '../kit/chat.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { openSession, waitForBlocked } from '../kit/second-session.ts'

const { app, acme, database, visitor } = useScene({ ada: forChat, visitor: aVisitor })

it('a visitor that moves to another person during its request gets the chat', async () => {
  const { workspaceId } = acme
  const { id: visitorId } = await database.visitor.findFirstOrThrow({ where: { workspaceId } })
  const personId = randomUUID()
  const session = await openSession(app)
  await session.query('BEGIN')
  await session.query('INSERT INTO "Person" ("id", "workspaceId", "createdAt") VALUES ($1, $2, $3)', [
    personId,
    workspaceId,
    app.clock.now(),
  ])
  await session.query('UPDATE "Visitor" SET "personId" = $1 WHERE "id" = $2', [personId, visitorId])
  const request = requestChat(app, visitor.token)
  await waitForBlocked(app, 1)
  await session.query('COMMIT')
  const { id, state } = await request
  expect({ id: typeof id, state }).toEqual({ id: 'string', state: 'OFFERED' })
  const conversation = await database.conversation.findFirstOrThrow({ where: { workspaceId } })
  expect(conversation.personId).toBe(personId)
})
