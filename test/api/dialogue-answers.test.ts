// Answers to cards that are late, repeated, for another card or of another visitor: each has a clear refusal, and changes
// nothing.
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { builtIn, capture, message, question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import {
  answer,
  countsOf,
  deleteDialogue,
  noteTrigger,
  publish,
  publishUnchecked,
  readSession,
  republish,
  resolve,
  type Session,
  SITE,
} from '../kit/dialogues.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, admin, visitor, other, database } = useScene({ visitor: aVisitor, other: aVisitor })

let dialogueId: string
let session: Session
beforeEach(async () => {
  dialogueId = await publish(app, acme, { cards: TWO_QUESTIONS, targetUrls: [`${SITE}/`] })
  session = await resolve(app, visitor.token)
})

const say = (key: string, of = session, more: object = {}) => answer(app, visitor.token, of, { key }, more)
const read = () => readSession(app, visitor.token, session.id)
const writtenMessages = () => database.message.count({ where: { workspaceId: acme.workspaceId } })

/** @returns what the answer was, after checking that it changed nothing */
async function refused(answering: () => Promise<Session>): Promise<Session> {
  const before = [await read(), await countsOf(app, dialogueId), await writtenMessages()]
  const answered = await answering()
  expect([await read(), await countsOf(app, dialogueId), await writtenMessages()]).toEqual(before)
  return answered
}

describe('an answer', () => {
  it('with the same key again is the same answer', async () => {
    const clientKey = randomUUID()
    const first = await say('red', session, { clientKey })
    expect(await refused(() => say('red', session, { clientKey }))).toEqual(first)
    const second = await say('small', first)
    expect(await refused(() => say('red', session, { clientKey }))).toEqual(second)
  })

  it('with the same key, but another choice, is a conflict', async () => {
    const clientKey = randomUUID()
    await say('red', session, { clientKey })
    const conflict = { __typename: 'ConflictError', reason: 'KEY_REUSED' }
    expect(await refused(() => say('blue', session, { clientKey }))).toMatchObject(conflict)
  })

  it('that repeats the choice with another key has no second effect', async () => {
    const first = await say('red')
    expect(await refused(() => say('red'))).toEqual(first)
  })

  it('that chooses otherwise is told that the step is taken, with the session as it is', async () => {
    const first = await say('red')
    expect(await refused(() => say('blue'))).toMatchObject({ __typename: 'StepTakenError', session: first })
    const completed = await say('small', first)
    expect(await refused(() => say('large', first))).toMatchObject({
      __typename: 'StepTakenError',
      session: completed,
    })
  })

  it.each([
    ['to a card that does not wait', { cardKey: 'size' }],
    ['to a card that is a message', { cardKey: 'hello' }],
    ['to a card that does not exist', { cardKey: 'gone' }],
    ['to a step that is yet to come', { step: 1 }],
  ])('%s is a conflict', async (_name, more) => {
    const conflict = { __typename: 'ConflictError', reason: 'CARD_NOT_PENDING' }
    expect(await refused(() => say('red', session, more))).toMatchObject(conflict)
  })

  it.each([
    ['of an option that the card does not have', { answerKey: 'green' }, 'answerKey', 'UNKNOWN'],
    ['that is typed, to a card with options', { answerKey: null, text: 'red' }, 'text', 'NOT_ALLOWED'],
    ['with neither a key nor a text', { answerKey: null }, 'answerKey', 'REQUIRED'],
    ['with both a key and a text', { text: 'red' }, 'answerKey', 'CONFLICTING'],
    ['with a negative step', { step: -1 }, 'step', 'OUT_OF_RANGE'],
    ['without a client’s key', { clientKey: '' }, 'clientKey', 'REQUIRED'],
    ['with a text that is too long', { answerKey: null, text: 'x'.repeat(4001) }, 'text', 'TOO_LONG'],
  ])('%s is no valid input', async (_name, more, field, code) => {
    expect(await refused(() => say('red', session, more))).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', field], code }],
    })
  })

  it.each([
    ['another visitor', () => other.token],
    ['a visitor of another workspace', async () => createVisitor(app, await createTestWorkspace(app))],
  ])('of %s finds no such session', async (_name, tokenOf) => {
    const token = await tokenOf()
    const notFound = { __typename: 'NotFoundError', path: ['input', 'sessionId'] }
    expect(await refused(() => answer(app, token, session, { key: 'red' }))).toMatchObject(notFound)
    expect(await noteTrigger(app, token, session.id)).toMatchObject(notFound)
    expect(await readSession(app, token, session.id)).toBeNull()
  })

  it('of staff is refused', async () => {
    expect(await refused(() => answer(app, admin.token, session, { key: 'red' }))).toMatchObject({
      __typename: 'ForbiddenError',
    })
  })

  it('after the dialogue was deleted is too late, whether or not it was engaged', async () => {
    const engaged = await say('red')
    await deleteDialogue(app, dialogueId)
    const over = { __typename: 'ConflictError', reason: 'DIALOGUE_OVER' }
    expect(await refused(() => say('small', engaged))).toMatchObject(over)
    expect(await read()).toMatchObject({ pending: [], completed: false })
    expect(await resolve(app, visitor.token)).toMatchObject({ because: 'NONE_FITS' })
  })

  it('30 minutes after the last sign of the visitor is too late, and another session begins', async () => {
    const engaged = await say('red')
    app.clock.advance(30 * MINUTE)
    const over = { __typename: 'ConflictError', reason: 'DIALOGUE_OVER' }
    expect(await refused(() => say('small', engaged))).toMatchObject(over)
    const again = await resolve(app, visitor.token)
    expect(again).toMatchObject({ step: 0, pending: [{ key: 'color' }] })
    expect(again.id).not.toBe(session.id)
    expect(await countsOf(app, dialogueId)).toEqual({ ENGAGED: 1, TRIGGERED: 2 })
  })

  it('to a card that was changed since is good for the version that was shown', async () => {
    const engaged = await say('red')
    const cards = [question('size', { huge: null })]
    await republish(app, dialogueId, { cards })
    expect(await refused(() => say('huge', engaged))).toMatchObject({ __typename: 'InvalidInputError' })
    expect(await say('small', engaged)).toMatchObject({ completed: true })
  })

  it('to a dialogue whose trigger was not noted counts it as triggered', async () => {
    const trigger = { timeOnPageSeconds: 5, timeOnSiteSeconds: null, scrollPercent: null }
    const triggered = await publish(app, acme, { trigger, targetUrls: [`${SITE}/later`] })
    const waiting = await resolve(app, visitor.token, '/later')
    expect(await say('red', waiting)).toMatchObject({ completed: true })
    expect(await countsOf(app, triggered)).toEqual({ COMPLETED: 1, ENGAGED: 1, TRIGGERED: 1 })
  })
})

describe('two answers at once', () => {
  it('that agree are one answer', async () => {
    const answers = await Promise.all([say('red'), say('red'), say('red')])
    for (const each of answers) expect(each).toMatchObject({ __typename: 'DialogueSession', step: 1 })
    expect(await countsOf(app, dialogueId)).toEqual({ ENGAGED: 1, TRIGGERED: 1 })
    expect((await read())?.transcript).toHaveLength(3)
    expect(await writtenMessages()).toBe(4)
  })

  it('that differ have one winner, and the other learns of it', async () => {
    const engaged = await say('red')
    const answers = await Promise.all(['small', 'large'].map((key) => say(key, engaged)))
    const types = answers.map(({ __typename }) => __typename)
    expect(types.sort()).toEqual(['DialogueSession', 'StepTakenError'])
    const now = await read()
    const [late] = answers.filter(({ __typename }) => __typename === 'StepTakenError')
    expect(late?.session).toEqual(now)
  })

  it('of page views leave one session', async () => {
    const token = await createVisitor(app, acme)
    const sessions = await Promise.all([1, 2, 3, 4].map(() => resolve(app, token)))
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(1)
    expect(await countsOf(app, dialogueId)).toEqual({ TRIGGERED: 2 })
  })
})

it('a dialogue that asks for nothing is completed as soon as it is shown', async () => {
  const id = await publish(app, acme, {
    targetUrls: [`${SITE}/news`],
    cards: [message('news', 'We ship to Mars.')],
  })
  const shown = await resolve(app, visitor.token, '/news')
  expect(shown).toMatchObject({
    completed: true,
    pending: [],
    transcript: [{ text: 'We ship to Mars.' }],
    conversation: null,
  })
  expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, TRIGGERED: 1 })
  expect(await resolve(app, visitor.token, '/news')).toMatchObject({ because: 'NONE_FITS' })
})

it('a dialogue without an end is cut off, and the fault is reported', async () => {
  const id = await publishUnchecked(app, acme, {
    targetUrls: [`${SITE}/loop`],
    cards: [capture('mail', builtIn('email'), { next: 'a' }), message('a', 'A', 'b'), message('b', 'B', 'a')],
  })
  const cut = await answer(app, visitor.token, await resolve(app, visitor.token, '/loop'), {
    text: 'a@b.test',
  })
  expect(cut).toMatchObject({ completed: false, pending: [], conversation: { state: 'ENDED' } })
  expect(cut.transcript).toHaveLength(102)
  expect(app.faults).toMatchObject([{ message: expect.stringContaining(id) }])
  app.faults.length = 0
})
