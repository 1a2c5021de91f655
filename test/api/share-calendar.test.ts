import { beforeEach, expect, it } from 'vitest'
import { createTestWorkspace, type Staff, type TestWorkspace } from '../kit/actors.ts'
import { startAppForTest, type TestApp } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { acceptChat, createChatAgent, lastOffer, requestChat, say } from '../kit/chat.ts'
import { mutate, type Result } from '../kit/mutate.ts'

let app: TestApp
let acme: TestWorkspace
let ada: Staff
let conversationId: string

beforeEach(async () => {
  app = await startAppForTest()
  acme = await createTestWorkspace(app)
  ada = await createChatAgent(app, acme)
  conversationId = (await requestChat(app, await createVisitor(app, acme))).id
  await acceptChat(app, ada.token, (await lastOffer(app, acme.admin.token, conversationId)).id)
})

const share = (input: object): Promise<Result> =>
  mutate(app, {
    ...{ mutation: 'shareCalendar', token: ada.token, input: { conversationId, clientKey: 'one', ...input } },
    select: '... on Message { id text sharedCalendar { id } }',
  })

it('answers a repeat with the first message', async () => {
  const first = await share({ text: 'When?' })
  expect(first).toMatchObject({ text: 'When?', sharedCalendar: { id: ada.id } })
  expect(await share({ text: 'When?' })).toEqual(first)
})

it('refuses a key that came with something else before', async () => {
  await share({ text: 'When?' })
  const conflict = { __typename: 'ConflictError' }
  expect(await share({ text: 'At nine?' })).toMatchObject(conflict)
  expect(await share({ text: 'When?', agentId: acme.admin.id })).toMatchObject(conflict)
  expect(await say(app, ada.token, { conversationId, text: 'When?', clientKey: 'one' })).toMatchObject(
    conflict,
  )
})
