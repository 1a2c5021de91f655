// Both sides of a chat are warned before it ends because neither writes.
import { beforeEach, expect, it } from 'vitest'
import { sweepChats } from '../../src/services/chat/sweep.ts'
import { acceptChat, chat, lastOffer, readChat, say, startActiveChat } from '../kit/chat.ts'
import { MINUTE } from '../kit/clock.ts'
import { eventually } from '../kit/eventually.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { createSocketClient, type Subscription, subscribe } from '../kit/socket-client.ts'

const SELECTION = `__typename ... on Event { cursor }
  ... on IdleWarning { conversationId endsAt } ... on MessageSent { conversation { idleEndsAt } }`
const CONSOLE = `subscription ($after: EventCursor) { agentEvents(after: $after) { ${SELECTION} } }`
const TALK = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { ${SELECTION} } }`
/** The chat begins at 08:00. */
const END = '2026-03-02T08:10:00.000Z'

const { app, acme, admin, ada, grace, visitor, mutate } = useScene(
  { ada: forChat, grace: forChat, visitor: aVisitor },
  { start: startOnPort },
)
let id: string
let sides: Subscription[]

const listen = async (query: string, token: string, variables = {}): Promise<Subscription> => {
  const live = subscribe(createSocketClient(app.server.url, token), { query, variables })
  await live.waitFor(1)
  return live
}
const sweep = () => sweepChats(app.app.services)
const idleEnd = async () => (await readChat(app, visitor.token, id, 'idleEndsAt'))?.idleEndsAt
const act = (mutation: string, token: string, input: object) => chat(app, { mutation, token, input })

/** What a side has got of warnings and messages. */
const seen = (side: Subscription) =>
  side.events().filter(({ __typename }) => ['IdleWarning', 'MessageSent'].includes(__typename))

/** Each side has got these since the chat began, and no others. */
async function expectEvents(...events: object[]): Promise<void> {
  for (const side of sides) await expect.poll(() => seen(side)).toMatchObject(events)
}

beforeEach(async () => {
  id = await startActiveChat(app, acme, { agent: ada, visitor })
  sides = [await listen(TALK, visitor.token, { id }), await listen(CONSOLE, ada.token)]
})

it('a minute before, once in each quiet period, however many nodes look', async () => {
  app.clock.advance(9 * MINUTE - 1)
  await sweep()
  expect(await idleEnd()).toBeNull()
  app.clock.advance(1)
  await Promise.all([sweep(), sweep(), sweep()])
  await sweep()
  expect(await idleEnd()).toBe(END)
  const warning = { __typename: 'IdleWarning', conversationId: id, endsAt: END }
  await expectEvents(warning)
  await say(app, visitor.token, { conversationId: id, text: 'One moment.' })
  const message = { __typename: 'MessageSent', conversation: { idleEndsAt: null } }
  await expectEvents(warning, message)
  app.clock.advance(9 * MINUTE)
  await sweep()
  await expectEvents(warning, message, { ...warning, endsAt: '2026-03-02T08:19:00.000Z' })
})

it('and learn when typing takes the warning back', async () => {
  app.clock.advance(9 * MINUTE)
  await sweep()
  await expectEvents({ endsAt: END })
  await act('signalTyping', ada.token, { conversationId: id })
  const takenBack = { __typename: 'IdleWarning', endsAt: null }
  for (const side of sides) {
    await expect.poll(() => seen(side).at(-1)).toMatchObject(takenBack)
  }
  app.clock.advance(2 * MINUTE)
  await sweep()
  expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'ACTIVE' })
})

it('half a minute before, where a chat may be idle for one minute', async () => {
  const input = { liveChatSettings: { idleTimeoutMinutes: 1 } }
  await mutate({ mutation: 'updateWorkspace', input, token: admin.token, select: '' })
  app.clock.advance(MINUTE / 2)
  await sweep()
  await expectEvents({ endsAt: '2026-03-02T08:01:00.000Z' })
})

it('and learn when a longer time-out takes the warning back, and of the new end when it is near', async () => {
  app.clock.advance(9 * MINUTE)
  await sweep()
  const warning = { __typename: 'IdleWarning', conversationId: id, endsAt: END }
  await expectEvents(warning)
  const input = { liveChatSettings: { idleTimeoutMinutes: 11 } }
  await mutate({ mutation: 'updateWorkspace', input, token: admin.token, select: '' })
  await Promise.all([sweep(), sweep()])
  expect(await idleEnd()).toBeNull()
  const takenBack = { ...warning, endsAt: null }
  await expectEvents(warning, takenBack)
  app.clock.advance(MINUTE)
  await sweep()
  await expectEvents(warning, takenBack, { ...warning, endsAt: '2026-03-02T08:11:00.000Z' })
})

it('for as long as ever, after a shorter time-out that has passed already', async () => {
  app.clock.advance(5 * MINUTE)
  const input = { liveChatSettings: { idleTimeoutMinutes: 2 } }
  await mutate({ mutation: 'updateWorkspace', input, token: admin.token, select: '' })
  await Promise.all([sweep(), sweep()])
  await expectEvents({ __typename: 'IdleWarning', conversationId: id, endsAt: '2026-03-02T08:06:00.000Z' })
  app.clock.advance(MINUTE - 1)
  await sweep()
  expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'ACTIVE' })
  app.clock.advance(1)
  await sweep()
  expect(await readChat(app, visitor.token, id)).toMatchObject({ state: 'TIMED_OUT' })
})

it('but a former agent, who reads the warning again, no longer learns when the chat ends', async () => {
  const [, console] = sides
  const [{ cursor: after } = { cursor: '' }] = console?.events() ?? []
  app.clock.advance(9 * MINUTE)
  await sweep()
  await expectEvents({ endsAt: END })
  await act('transferChat', ada.token, { conversationId: id, receiver: { agentId: grace.id } })
  await acceptChat(app, grace.token, (await lastOffer(app, admin.token, id)).id)
  app.clock.advance(9 * MINUTE)
  await sweep()
  expect(await idleEnd()).toBe('2026-03-02T08:19:00.000Z')
  const again = await listen(CONSOLE, ada.token, { after })
  await eventually(() =>
    expect(again.events()).toContainEqual(expect.objectContaining({ __typename: 'CaughtUp' })),
  )
  expect(seen(again)).toMatchObject([{ __typename: 'IdleWarning', conversationId: id, endsAt: null }])
})
