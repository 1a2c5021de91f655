// The report of what visitors did in a dialogue, from the first page view on.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import { answer, publish, resolve } from '../kit/dialogues.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, admin, ada, beth, grace } = useScene({ ada: aVisitor, beth: aVisitor, grace: aVisitor })

it('says of each card how many visitors saw it, answered it and stopped there', async () => {
  const dialogueId = await publish(app, acme, { cards: TWO_QUESTIONS })
  for (const [{ token }, keys] of [
    [ada, []],
    [beth, ['red']],
    [grace, ['red', 'small']],
  ] as const) {
    let session = await resolve(app, token, '/')
    for (const key of keys) session = await answer(app, token, session, { key })
    // A page view later, nothing counts again.
    await resolve(app, token, '/')
  }
  const query = `query ($id: ID!) { node(id: $id) { ... on Dialogue { report {
    triggered engaged completed engagementRate cards { cardKey shown answered left }
  } } } }`
  const id = encodeGlobalID('Dialogue', dialogueId)
  expect(await data(app.execute(query, { variables: { id }, token: admin.token }))).toMatchObject({
    node: {
      report: {
        ...{ triggered: 3, engaged: 2, completed: 1, engagementRate: expect.closeTo(2 / 3, 6) },
        cards: [
          { cardKey: 'hello', shown: 3, answered: 0, left: 0 },
          { cardKey: 'color', shown: 3, answered: 2, left: 1 },
          { cardKey: 'size', shown: 2, answered: 1, left: 1 },
          { cardKey: 'bye', shown: 1, answered: 0, left: 0 },
        ],
      },
    },
  })
})
