// Two concurrent changes of one person: a browser identifies itself again as the person of an earlier chat of its own,
// while a colleague edits that person. A lock of the test on the person makes them meet at the worst moment.
import { expect, it } from 'vitest'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { identifyVisitor } from '../../src/services/people/identify-visitor.ts'
import { updatePerson } from '../../src/services/people/update-person.ts'
import { countDeadlocks } from '../kit/deadlocks.ts'
import { contextOf, startChatScene, waitForWaiting } from './chat-scene.ts'

it('a visitor and a colleague who change the same person at the same time do not deadlock', async () => {
  const scene = await startChatScene({
    agents: 1,
    visitors: 1,
    settings: {},
  })
  try {
    const visitor = contextOf(scene.nodes[0], scene.visitors[0]!)
    const identify = (email: string, firstName: string) =>
      identifyVisitor(visitor, { person: { email, firstName } }, async (_tx, reader) => reader.personId)
    const personId = await identify('ada@example.com', 'Ada')
    await requestLiveChat(visitor, { text: 'Hello', idempotencyKey: null })
    await identify('grace@example.com', 'Grace')
    await scene.sql.query('BEGIN')
    await scene.sql.query('SELECT FROM "Person" WHERE "id" = $1 FOR NO KEY UPDATE', [personId])
    const moving = identify('ada@example.com', 'Augusta')
    await waitForWaiting(scene, 1)
    const admin = contextOf(scene.nodes[1], scene.admin)
    const editing = updatePerson(admin, { personId, person: { lastName: 'Lovelace' } }, async () => {})
    await waitForWaiting(scene, 2)
    await scene.sql.query('COMMIT')
    await Promise.all([moving, editing])
    for (const node of scene.nodes) await node.stop()
    expect(await countDeadlocks(scene.sql)).toBe(0)
    const { rows } = await scene.sql.query('SELECT "firstName", "lastName" FROM "Person" WHERE "id" = $1', [
      personId,
    ])
    expect(rows).toEqual([{ firstName: 'Augusta', lastName: 'Lovelace' }])
    expect(scene.faults).toEqual([])
  } finally {
    await scene.stop()
  }
}, 60_000)
