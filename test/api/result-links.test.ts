// The results of mutations lead to what a front end shows of them, so that its cache stays true without another request.
// test/clients shows it with real caches.
import { expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { requestChat, say } from '../kit/chat.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { aVisitor, bookable, forChat, useScene } from '../kit/scene.ts'

const { app, admin, ada, cleo, visitor, mutate } = useScene({
  ada: bookable(),
  cleo: forChat,
  visitor: aVisitor,
})

it('leads from the settings of an agent back to the agent', async () => {
  const read = await data(
    app.execute(
      `query ($id: ID!) { node(id: $id) { ... on Agent {
        meetingAvailability { agent { id } } liveChatAvailability { agent { id } } liveChatStatus { agent { id } }
        invitation { agent { id } } calendar { agent { id } }
      } } }`,
      { variables: { id: ada.id }, token: admin.token },
    ),
  )
  const back = { agent: { id: ada.id } }
  expect(read).toEqual({
    node: {
      meetingAvailability: back,
      liveChatAvailability: back,
      liveChatStatus: back,
      invitation: back,
      calendar: back,
    },
  })
})

it.each([
  ['updateInvitation', { subject: 'Hello' }, 'InvitationTemplate', 'invitation { subject }'],
  ['disconnectCalendar', {}, 'Calendar', 'calendar { state }'],
  ['registerPushSubscription', createBrowser(), 'PushSubscription', 'liveChatStatus { reachable }'],
])('%s returns what leads to the changed agent', async (mutation, input, type, selection) => {
  const select = `... on ${type} { agent { id ${selection} } }`
  const { agent } = await mutate({ mutation, input, token: ada.token, select })
  const read = await data(
    app.execute(`{ viewer { ... on Agent { id ${selection} } } }`, { token: ada.token }),
  )
  expect({ viewer: agent }).toEqual(read)
})

it('leads from a message to its conversation as it is with the message', async () => {
  const { id } = await requestChat(app, visitor.token, { target: { agentId: cleo.id } })
  const { id: messageId } = await say(app, visitor.token, { conversationId: id, text: 'Hello?' })
  const read = await data(
    app.execute(
      `query ($id: ID!) {
        node(id: $id) { ... on Message { conversation { id messages(last: 1) { nodes { id } } } } }
      }`,
      { variables: { id: messageId }, token: visitor.token },
    ),
  )
  expect(read).toEqual({ node: { conversation: { id, messages: { nodes: [{ id: messageId }] } } } })
})

it('reads `query` in a result after the change', async () => {
  const { query } = await mutate({
    mutation: 'createAgent',
    input: { name: 'Edith Clarke', email: 'edith@acme.test' },
    token: admin.token,
    select: '... on Agent { query { agents(search: "edith") { nodes { name } } } }',
  })
  expect(query).toEqual({ agents: { nodes: [{ name: 'Edith Clarke' }] } })
})
