// What all visitors of a workspace together may do.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { QuotaKind } from '../../src/database/generated/client/client.ts'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { START, startApp, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, createChatAgent, lastOffer, readChat, requestChat, say } from '../kit/chat.ts'

let app: TestApp
let acme: TestWorkspace
let ada: Staff

beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())
beforeEach(async () => {
  app.clock.set(START)
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme)
})

/** Other visitors did so much in the minute that has just begun. */
async function useUp(kind: QuotaKind, counts: number[]): Promise<void> {
  const { workspaceId } = acme
  await app.app.services.database.quotaCount.createMany({
    // Parts that no visitor has.
    data: counts.map((count, index) => ({
      ...{ workspaceId, kind, minute: app.clock.now(), part: 100 + index, count },
    })),
  })
}
const visitor = () => createVisitor(app, acme)
const chats = () => app.app.services.database.conversation.count({ where: { workspaceId: acme.workspaceId } })

describe('requests of all visitors of a workspace', () => {
  it('are refused from the 6,001st in ten minutes on, and change nothing then', async () => {
    await useUp('CHAT_REQUEST', [2999, 3000])
    expect(await requestChat(app, await visitor())).toMatchObject({ state: 'OFFERED' })
    for (const token of [await visitor(), await visitor()]) {
      expect(await requestChat(app, token)).toMatchObject({
        ...{ __typename: 'QuotaExceededError', limit: 6000, resetsAt: '2026-03-02T08:10:00.000Z' },
      })
    }
    expect(await chats()).toBe(1)
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    expect(await requestChat(app, await createVisitor(app, globex))).toMatchObject({ state: 'MISSED' })
  })

  it('are taken again, with the same key, once the oldest of them are ten minutes old', async () => {
    await useUp('CHAT_REQUEST', [10])
    app.clock.advance(3 * 60_000)
    await useUp('CHAT_REQUEST', [5990])
    const token = await visitor()
    const ask = () => requestChat(app, token, { idempotencyKey: 'mine' })
    expect(await ask()).toMatchObject({ resetsAt: '2026-03-02T08:10:00.000Z' })
    app.clock.set('2026-03-02T08:09:59.999Z')
    expect(await ask()).toMatchObject({ __typename: 'QuotaExceededError' })
    app.clock.set('2026-03-02T08:10:00.000Z')
    expect(await ask()).toMatchObject({ state: 'OFFERED' })
  })

  it('leave a chat to whoever has one', async () => {
    const token = await visitor()
    const { id } = await requestChat(app, token)
    app.clock.advance(60_000)
    await useUp('CHAT_REQUEST', [6000])
    expect(await requestChat(app, token)).toMatchObject({ id })
  })
})

describe('messages of all visitors of a workspace', () => {
  it('are refused beyond 120,000 in ten minutes; agents may still write', async () => {
    const token = await visitor()
    const { id: conversationId } = await requestChat(app, token)
    await acceptChat(app, ada.token, (await lastOffer(app, acme.admin.token, conversationId)).id)
    await useUp('VISITOR_MESSAGE', [119_999])
    const saying = (text: string) => say(app, token, { conversationId, text, clientKey: text })
    expect(await saying('First')).toMatchObject({ __typename: 'Message' })
    expect(await saying('Second')).toMatchObject({
      ...{ __typename: 'QuotaExceededError', limit: 120_000, resetsAt: '2026-03-02T08:10:00.000Z' },
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
