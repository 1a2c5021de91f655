// What all visitors of a workspace together may do.
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { QuotaKind } from '../../src/database/generated/client/client.ts'
import { createTestWorkspace } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { readChat, requestChat, say, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { forChat, useScene } from '../kit/scene.ts'

const { app, acme, ada, database } = useScene({ ada: forChat })

/** Counts what other visitors did in the minute that has just begun. */
async function useUp(kind: QuotaKind, counts: number[]): Promise<void> {
  const { workspaceId } = acme
  await database.quotaCount.createMany({
    // Parts that no visitor has.
    data: counts.map((count, index) => ({
      workspaceId,
      kind,
      minute: app.clock.now(),
      part: 100 + index,
      count,
    })),
  })
}
const visitor = () => createVisitor(app, acme)
const chats = () => database.conversation.count({ where: { workspaceId: acme.workspaceId } })

describe('requests of all visitors of a workspace', () => {
  it('are refused from the 6,001st in ten minutes on, and then change nothing', async () => {
    await useUp('CHAT_REQUEST', [2999, 3000])
    expect(await requestChat(app, await visitor())).toMatchObject({ state: 'OFFERED' })
    for (const token of [await visitor(), await visitor()]) {
      expect(await requestChat(app, token)).toMatchObject({
        __typename: 'QuotaExceededError',
        limit: 6000,
        resetsAt: '2026-03-02T08:10:00.000Z',
      })
    }
    expect(await chats()).toBe(1)
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    expect(await requestChat(app, await createVisitor(app, globex))).toMatchObject({ state: 'MISSED' })
  })

  it('are accepted again, with the same idempotency key, once the oldest of them are ten minutes old', async () => {
    await useUp('CHAT_REQUEST', [10])
    app.clock.advance(3 * MINUTE)
    await useUp('CHAT_REQUEST', [5990])
    const token = await visitor()
    const ask = () => requestChat(app, token, { idempotencyKey: 'mine' })
    expect(await ask()).toMatchObject({ resetsAt: '2026-03-02T08:10:00.000Z' })
    app.clock.set('2026-03-02T08:09:59.999Z')
    expect(await ask()).toMatchObject({ __typename: 'QuotaExceededError' })
    app.clock.set('2026-03-02T08:10:00.000Z')
    expect(await ask()).toMatchObject({ state: 'OFFERED' })
  })

  it('answer the chat that a visitor already has', async () => {
    const token = await visitor()
    const { id } = await requestChat(app, token)
    app.clock.advance(MINUTE)
    await useUp('CHAT_REQUEST', [6000])
    expect(await requestChat(app, token)).toMatchObject({ id })
  })
})

describe('messages of all visitors of a workspace', () => {
  it('are refused beyond 120,000 in ten minutes; agents may still write', async () => {
    const token = await visitor()
    const conversationId = await startActiveChat(app, acme, { agent: ada, visitor: { token } })
    await useUp('VISITOR_MESSAGE', [119_999])
    const saying = (text: string) => say(app, token, { conversationId, text, clientKey: text })
    expect(await saying('First')).toMatchObject({ __typename: 'Message' })
    expect(await saying('Second')).toMatchObject({
      __typename: 'QuotaExceededError',
      limit: 120_000,
      resetsAt: '2026-03-02T08:10:00.000Z',
    })
    expect(await saying('First')).toMatchObject({ __typename: 'Message' })
    const answer = { conversationId, text: 'Hello', clientKey: randomUUID() }
    expect(await say(app, ada.token, answer)).toMatchObject({ __typename: 'Message' })
    expect((await readChat(app, token, conversationId))?.messages.nodes).toMatchObject([
      { text: 'First' },
      { text: 'Hello' },
    ])
  })
})
