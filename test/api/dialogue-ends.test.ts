// How dialogues end: for ever once completed, at once when they are deleted, and after very many answers.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { expect, it } from 'vitest'
import { MAX_ANSWERS_OF_SESSION } from '../../src/services/dialogues/running/session-rules.ts'
import { sweepDialogues } from '../../src/services/dialogues/running/sweep.ts'
import { createVisitor } from '../kit/booking.ts'
import { question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import { answer, flowIdOf, publish, readSession, resolve, SITE } from '../kit/dialogues.ts'
import { mutate } from '../kit/mutate.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const PERSON = { email: 'ada@engines.example' }
const { app, acme, admin, visitor, database } = useScene({ visitor: aVisitor })

async function verify(...tokens: string[]): Promise<void> {
  const identityHash = hashWith(await identitySecretOf(app, acme), PERSON.email)
  for (const token of tokens) await identifyVisitor(app, token, { person: PERSON, identityHash })
}

/** Two browsers that are known to be of one person only once both have answered, and one of them has completed it. */
async function completeInOneOfTwo(asked: { flowId?: string } = {}): Promise<[string, string]> {
  const [one, other] = [visitor.token, await createVisitor(app, acme)]
  let session = await resolve(app, one, '/', asked)
  await answer(app, other, await resolve(app, other, '/', asked), { key: 'red' })
  for (const key of ['red', 'small']) session = await answer(app, one, session, { key })
  expect(session.completed).toBe(true)
  await verify(one, other)
  return [one, other]
}

it('a dialogue that one browser has completed does not go on in another one of the person', async () => {
  await publish(app, acme, { cards: TWO_QUESTIONS })
  for (const token of await completeInOneOfTwo()) {
    expect(await resolve(app, token)).toMatchObject({ __typename: 'NoDialogue' })
  }
})

it('a flow does, as it can be completed any number of times', async () => {
  const flowId = flowIdOf(await publish(app, acme, { kind: 'FLOW', cards: TWO_QUESTIONS }))
  const [, other] = await completeInOneOfTwo({ flowId })
  expect(await resolve(app, other, '/', { flowId })).toMatchObject({ step: 1, pending: [{ key: 'size' }] })
  expect(await resolve(app, other)).toMatchObject({ step: 1, pending: [{ key: 'size' }] })
})

it('a dialogue that is deleted has no card that waits, and the sweep ends its conversation at once', async () => {
  const id = await publish(app, acme, { cards: TWO_QUESTIONS })
  const session = await answer(app, visitor.token, await resolve(app, visitor.token), { key: 'red' })
  const input = { dialogueId: encodeGlobalID('Dialogue', id) }
  await mutate(app, { mutation: 'deleteDialogue', token: admin.token, input, select: '__typename' })
  expect(await readSession(app, visitor.token, session.id)).toMatchObject({ step: 1, pending: [] })
  await sweepDialogues(app.app.services)
  expect(await readSession(app, visitor.token, session.id)).toMatchObject({
    pending: [],
    conversation: { state: 'TIMED_OUT' },
  })
})

it('a session that was opened while its dialogue was deleted ends by the sweep at once', async () => {
  const id = await publish(app, acme)
  const session = await resolve(app, visitor.token)
  await database.dialogue.update({
    where: { id },
    data: { publishedVersionId: null, deletedAt: app.clock.now() },
  })
  await sweepDialogues(app.app.services)
  expect(await readSession(app, visitor.token, session.id)).toMatchObject({ pending: [] })
})

it('a session takes a limited number of answers', async () => {
  await publish(app, acme, { targetUrls: [SITE], cards: [question('more', { yes: 'more' })] })
  const first = await answer(app, visitor.token, await resolve(app, visitor.token), { key: 'yes' })
  // As if all the others were given.
  const step = MAX_ANSWERS_OF_SESSION - 2
  await database.dialogueSession.updateMany({ where: { step: 1 }, data: { step } })
  const last = await answer(app, visitor.token, { ...first, step }, { key: 'yes' })
  expect(last).toMatchObject({ step: step + 1, pending: [{ key: 'more' }] })
  expect(await answer(app, visitor.token, last, { key: 'yes' })).toMatchObject({
    step: MAX_ANSWERS_OF_SESSION,
    pending: [],
    completed: false,
    conversation: { state: 'ENDED' },
  })
  expect(app.faults.splice(0)).toMatchObject([{ message: expect.stringContaining('too many answers') }])
})
