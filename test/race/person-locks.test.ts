// Two changes of one person meet: the browser that says who it is has a chat of that person, from an earlier time at
// which it was that person too. A lock of the test's own on the person makes them meet at the worst moment.
import { expect, it } from 'vitest'
import { requestLiveChat } from '../../src/services/chat/request/request-live-chat.ts'
import { identifyVisitor } from '../../src/services/people/identify-visitor.ts'
import { updatePerson } from '../../src/services/people/update-person.ts'
import { countDeadlocks } from '../kit/deadlocks.ts'
import { contextOf, startChatScene, waitForWaiting } from './chat-scene.ts'

it('a visitor and a colleague who name the same person at the same time do not wait for each other for ever', async () => {
  const faults: unknown[] = []
  const scene = await startChatScene({
    ...{ agents: 1, visitors: 1, settings: {} },
    onError: (error) => void faults.push(error),
  })
  try {
    const visitor = contextOf(scene.nodes[0], scene.visitors[0]!)
    const identify = (email: string, firstName: string) =>
      identifyVisitor(visitor, { person: { email, firstName } })
    const { id: personId } = await identify('ada@example.com', 'Ada')
    await requestLiveChat(visitor, { text: 'Hello', idempotencyKey: null })
    await identify('grace@example.com', 'Grace')
    await scene.sql.query('BEGIN')
    await scene.sql.query('SELECT FROM "Person" WHERE "id" = $1 FOR NO KEY UPDATE', [personId])
    const moving = identify('ada@example.com', 'Augusta')
    await waitForWaiting(scene, 1)
    const admin = contextOf(scene.nodes[1], scene.admin)
    const noting = updatePerson(admin, { personId, person: { lastName: 'Lovelace' } })
    await waitForWaiting(scene, 2)
    await scene.sql.query('COMMIT')
    await Promise.all([moving, noting])
    for (const node of scene.nodes) await node.stop()
    expect(await countDeadlocks(scene.sql)).toBe(0)
    const { rows } = await scene.sql.query('SELECT "firstName", "lastName" FROM "Person" WHERE "id" = $1', [
      personId,
    ])
    expect(rows).toEqual([{ firstName: 'Augusta', lastName: 'Lovelace' }])
    expect(faults).toEqual([])
  } finally {
    await scene.stop()
  }
}, 60_000)
