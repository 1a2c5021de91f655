// How many SQL statements the calls of visitors take, those that read the viewer and count the call included.
import { expect, it } from 'vitest'
import { createVisitor } from '../kit/booking.ts'
import { countStatements } from '../kit/count-statements.ts'
import { attribute, builtIn, capture, message, question } from '../kit/dialogue-cards.ts'
import { flowIdOf, publish, SITE } from '../kit/dialogues.ts'
import { mutate, type Result } from '../kit/mutate.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, database } = useScene({ visitor: aVisitor })

const SELECT = '... on DialogueSession { id step pending { key } transcript { text } completed }'

/** @returns what the mutation answered, and how many statements it took */
async function call(token: string, mutation: string, input: object): Promise<[Result, number]> {
  let result: Result | undefined
  const statements = await countStatements(async () => {
    result = await mutate(app, { mutation, token, input, select: SELECT })
  })
  if (result?.__typename !== 'DialogueSession') throw new Error(JSON.stringify(result))
  return [result, statements]
}

it('resolving takes three statements, answering at most six, and nine with an e-mail address', async () => {
  const plan = {
    workspaceId: acme.workspaceId,
    entity: 'PERSON',
    name: 'plan',
    label: 'Plan',
    type: 'TEXT',
  } as const
  const { id } = await database.attribute.create({ data: { ...plan, createdAt: app.clock.now() } })
  const cards = [
    message('hello', 'Hello!', 'color'),
    question('color', { red: 'size' }),
    question('size', { large: 'plan' }),
    question('plan', { gold: 'mail' }, { attribute: attribute('plan', { id }) }),
    capture('mail', builtIn('email'), { next: 'bye' }),
    message('bye', 'Bye.'),
  ]
  const flowId = flowIdOf(await publish(app, acme, { kind: 'FLOW', cards }))
  for (const priority of [1, 2, 3])
    await publish(app, acme, { targetUrls: [`${SITE}/${priority}`], priority, cards })
  const counts: Record<string, number> = {}
  const pageUrl = `${SITE}/2`
  // The definitions are read once for all visitors.
  await call(await createVisitor(app, acme), 'resolveDialogue', { pageUrl })
  const token = await createVisitor(app, acme)
  const run = async (name: string, mutation: string, input: object) => {
    const [result, statements] = await call(token, mutation, input)
    counts[name] = statements
    return result
  }
  let session = await run('resolve, first', 'resolveDialogue', { pageUrl })
  await run('resolve, again', 'resolveDialogue', { pageUrl })
  await run('resolve, a flow', 'resolveDialogue', { pageUrl, flowId })
  const answers: [name: string, cardKey: string, said: object][] = [
    ['answer, first', 'color', { answerKey: 'red' }],
    ['answer', 'size', { answerKey: 'large' }],
    ['answer, with a value', 'plan', { answerKey: 'gold' }],
    ['answer, with an e-mail address', 'mail', { text: 'ada@engines.example' }],
  ]
  for (const [name, cardKey, said] of answers) {
    const { id: sessionId, step } = session
    const input = { sessionId, step, cardKey, clientKey: name, ...said }
    session = await run(name, 'answerCard', input)
    await run(`${name} (repeated)`, 'answerCard', input)
    if (cardKey === 'color') await run('resolve, engaged', 'resolveDialogue', { pageUrl })
  }
  expect(session.completed).toBe(true)
  expect(counts).toMatchInlineSnapshot(`
    {
      "answer": 5,
      "answer (repeated)": 2,
      "answer, first": 4,
      "answer, first (repeated)": 2,
      "answer, with a value": 6,
      "answer, with a value (repeated)": 2,
      "answer, with an e-mail address": 9,
      "answer, with an e-mail address (repeated)": 2,
      "resolve, a flow": 3,
      "resolve, again": 3,
      "resolve, engaged": 3,
      "resolve, first": 3,
    }
  `)
})
