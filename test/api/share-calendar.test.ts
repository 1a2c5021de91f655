import { beforeEach, expect, it } from 'vitest'
import { say, startActiveChat } from '../kit/chat.ts'
import { aVisitor, forChat, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, visitor, mutate } = useScene({ ada: forChat, visitor: aVisitor })
let conversationId: string

beforeEach(async () => {
  conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
})

const share = (input: object) =>
  mutate({
    mutation: 'shareCalendar',
    token: ada.token,
    input: { conversationId, clientKey: 'one', ...input },
    select: '... on Message { id text sharedCalendar { id } }',
  })

it('answers the first message to a retry', async () => {
  const first = await share({ text: 'When?' })
  expect(first).toMatchObject({ text: 'When?', sharedCalendar: { id: ada.id } })
  expect(await share({ text: 'When?' })).toEqual(first)
})

it('refuses a client key that came with other input before', async () => {
  await share({ text: 'When?' })
  const conflict = { __typename: 'ConflictError', reason: 'KEY_REUSED' }
  expect(await share({ text: 'At nine?' })).toMatchObject(conflict)
  expect(await share({ text: 'When?', agentId: admin.id })).toMatchObject(conflict)
  expect(await say(app, ada.token, { conversationId, text: 'When?', clientKey: 'one' })).toMatchObject(
    conflict,
  )
})
