import { decodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { chat, say, startActiveChat } from '../../kit/chat.ts'
import { aVisitor, forChat, useScene } from '../../kit/scene.ts'

const { app, acme, database, ada, visitor } = useScene({ ada: forChat, visitor: aVisitor })

it('publishes a read mark to the two who chat, and not to the workspace', async () => {
  const conversationId = await startActiveChat(app, acme, { agent: ada, visitor })
  const { id: messageId } = await say(app, visitor.token, { conversationId, text: 'One' })
  const streams = [
    `agent:${ada.agentId}`,
    `conversation:${decodeGlobalID(conversationId).id}`,
    `workspace:${acme.workspaceId}`,
  ]
  const heads = async () => {
    const rows = await database.eventStream.findMany({
      where: { id: { in: streams } },
      orderBy: { id: 'asc' },
    })
    return rows.map(({ head }) => Number(head))
  }
  const [agent = 0, conversation = 0, workspace = 0] = await heads()
  await chat(app, { mutation: 'markRead', token: ada.token, input: { conversationId, messageId } })
  expect(await heads()).toEqual([agent + 1, conversation + 1, workspace])
})
