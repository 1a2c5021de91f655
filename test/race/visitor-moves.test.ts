// A visitor turns out to be another person at the very moment at which it asks for a chat.
import { expect, it, vi } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { startAppForTest } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { createChatAgent, requestChat } from '../kit/chat.ts'

const DEADLINE = { timeout: 10_000, interval: 20 }

it('a visitor who moves to another person meanwhile gets its chat', async () => {
  const app = await startAppForTest()
  const { database } = app.app.services
  const acme = await createTestWorkspace(app)
  const { workspaceId } = acme
  await createChatAgent(app, acme)
  const token = await createVisitor(app, acme)
  const visitor = await database.visitor.findFirstOrThrow({ where: { workspaceId } })
  const isSomebodyWaiting = async () => {
    const [row] = await database.$queryRaw<{ waiting: number }[]>`
      SELECT count(*)::int AS "waiting" FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`
    return (row?.waiting ?? 0) > 0
  }
  const asked = await database.$transaction(async (tx) => {
    const person = await tx.person.create({ data: { workspaceId, createdAt: app.clock.now() } })
    await tx.visitor.update({ where: { id: visitor.id }, data: { personId: person.id } })
    const request = requestChat(app, token)
    await vi.waitUntil(isSomebodyWaiting, DEADLINE)
    return { request, personId: person.id }
  })
  const { id, state } = await asked.request
  expect({ id: typeof id, state }).toEqual({ id: 'string', state: 'OFFERED' })
  const conversation = await database.conversation.findFirstOrThrow({ where: { workspaceId } })
  expect(conversation.personId).toBe(asked.personId)
})
