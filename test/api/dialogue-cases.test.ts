// Which dialogue shows, and what counts: the table of docs/semantics.md, section 10, case by case. D1 has priority 1, D2
// has priority 2; `/one` and `/two` are pages. Cases 20 to 24 are in dialogue-triggers.test.ts.
import { beforeEach, describe, expect, it } from 'vitest'
import { DAY } from '../kit/clock.ts'
import { ONE_QUESTION, question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import {
  answer,
  countsOf,
  publish,
  republish,
  resolve,
  type Session,
  SITE,
  type TestDialogue,
  unpublish,
} from '../kit/dialogues.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, visitor } = useScene({ visitor: aVisitor })

const ONE = `${SITE}/one`
const TWO = `${SITE}/two`

let d1: string
let d2: string
const publishFirst = async (given: TestDialogue = {}) => {
  d1 = await publish(app, acme, {
    name: 'D1',
    priority: 1,
    targetUrls: [ONE],
    cards: TWO_QUESTIONS,
    ...given,
  })
}
const publishSecond = async (given: TestDialogue = {}) => {
  d2 = await publish(app, acme, { name: 'D2', priority: 2, targetUrls: [TWO], cards: ONE_QUESTION, ...given })
}
/** A page view. */
const view = (page: string) => resolve(app, visitor.token, page)
const say = (session: Session, key: string) => answer(app, visitor.token, session, { key })
const NOTHING = { __typename: 'NoDialogue', because: 'NONE_FITS' }
const T = { TRIGGERED: 1 }
const E = { TRIGGERED: 1, ENGAGED: 1 }
const C = { TRIGGERED: 1, ENGAGED: 1, COMPLETED: 1 }

/** @returns the session after its last answer */
async function complete(session: Session): Promise<Session> {
  return say(await say(session, 'red'), 'small')
}

describe('a dialogue without a trigger', () => {
  beforeEach(() => publishFirst())

  it('1: shows on its page, and counts as triggered', async () => {
    const session = await view('/one')
    expect(session).toMatchObject({
      dialogueName: 'D1',
      step: 0,
      transcript: [{ author: 'BOT', cardKey: 'hello', text: 'Hello!' }],
      pending: [
        { key: 'color', kind: 'QUESTION', text: 'color?', options: [{ key: 'red' }, { key: 'blue' }] },
      ],
      startAfter: null,
      completed: false,
      conversation: null,
    })
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('2: shows again after a refresh, and counts nothing more', async () => {
    const first = await view('/one')
    for (const _refresh of [1, 2, 3, 4, 5]) expect(await view('/one')).toEqual(first)
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('3: that is opened without an answer is not engaged', async () => {
    await view('/one')
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('4: is engaged with the first answer', async () => {
    const answered = await say(await view('/one'), 'red')
    expect(answered).toMatchObject({
      step: 1,
      transcript: [
        { text: 'Hello!' },
        { text: 'color?' },
        { author: 'VISITOR', cardKey: 'color', text: 'red' },
      ],
      pending: [{ key: 'size' }],
      conversation: { state: 'AUTOMATED' },
    })
    expect(await countsOf(app, d1)).toEqual(E)
  })

  it('5: goes on where it was after a refresh, once it is answered', async () => {
    const answered = await say(await view('/one'), 'red')
    expect(await view('/one')).toEqual(answered)
    expect(await countsOf(app, d1)).toEqual(E)
  })

  it('6: never shows again once it is completed; the next dialogue does', async () => {
    const completed = await complete(await view('/one'))
    expect(completed).toMatchObject({
      step: 2,
      completed: true,
      pending: [],
      conversation: { state: 'ENDED' },
    })
    const texts = completed.transcript.map(({ text }) => text)
    expect(texts).toEqual(['Hello!', 'color?', 'red', 'size?', 'small', 'Thank you.'])
    expect(await countsOf(app, d1)).toEqual(C)
    expect(await view('/one')).toMatchObject(NOTHING)
    await publishSecond({ targetUrls: [ONE] })
    expect(await view('/one')).toMatchObject({ dialogueName: 'D2' })
    app.clock.advance(3 * DAY)
    expect(await view('/one')).toMatchObject({ dialogueName: 'D2' })
    expect(await countsOf(app, d1)).toEqual(C)
  })

  it('9: goes on on the page of another dialogue, once it is answered', async () => {
    await publishSecond()
    const answered = await say(await view('/one'), 'red')
    expect(await view('/two')).toEqual(answered)
    expect(await countsOf(app, d1)).toEqual(E)
    expect(await countsOf(app, d2)).toEqual({})
  })

  it('10: makes way on the page of another dialogue, unless it is answered', async () => {
    await publishSecond()
    await view('/one')
    expect(await view('/two')).toMatchObject({ dialogueName: 'D2' })
    expect(await countsOf(app, d1)).toEqual(T)
    expect(await countsOf(app, d2)).toEqual(T)
  })

  it('11: makes way on the page of another dialogue, once it is completed', async () => {
    await publishSecond()
    await complete(await view('/one'))
    expect(await view('/two')).toMatchObject({ dialogueName: 'D2' })
    expect(await countsOf(app, d1)).toEqual(C)
    expect(await countsOf(app, d2)).toEqual(T)
  })

  it('12: is followed by the engagement of the other one', async () => {
    await publishSecond({ cards: TWO_QUESTIONS })
    await complete(await view('/one'))
    await say(await view('/two'), 'red')
    expect(await countsOf(app, d1)).toEqual(C)
    expect(await countsOf(app, d2)).toEqual(E)
  })

  it('13: goes on as it was in an open page, after it was unpublished', async () => {
    const session = await view('/one')
    await unpublish(app, d1)
    expect(await countsOf(app, d1)).toEqual(T)
    expect(await say(session, 'red')).toMatchObject({ step: 1, pending: [{ key: 'size' }] })
  })

  it('14: does not show after a refresh, if it was unpublished unanswered', async () => {
    await view('/one')
    await unpublish(app, d1)
    expect(await view('/one')).toMatchObject(NOTHING)
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('15: goes on after a refresh, if it was answered before it was unpublished', async () => {
    const answered = await say(await view('/one'), 'red')
    await unpublish(app, d1)
    expect(await view('/one')).toEqual(answered)
    expect(await countsOf(app, d1)).toEqual(E)
  })

  it('16: shows its new version after a refresh, if it is unanswered', async () => {
    await view('/one')
    await republish(app, d1, {
      name: 'D1 new',
      targetUrls: [ONE],
      cards: [question('shape', { round: null })],
    })
    expect(await view('/one')).toMatchObject({
      dialogueName: 'D1 new',
      step: 0,
      transcript: [],
      pending: [{ key: 'shape' }],
    })
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('17: goes on in its old version after a refresh, if it was answered', async () => {
    const answered = await say(await view('/one'), 'red')
    await republish(app, d1, {
      name: 'D1 new',
      targetUrls: [TWO],
      cards: [question('shape', { round: null })],
    })
    expect(await view('/one')).toEqual(answered)
    expect(await say(answered, 'small')).toMatchObject({ dialogueName: 'D1', completed: true })
    expect(await countsOf(app, d1)).toEqual(C)
  })

  it('18: makes way for the next one on the same page, if it was unpublished unanswered', async () => {
    await publishSecond({ targetUrls: [ONE] })
    expect(await view('/one')).toMatchObject({ dialogueName: 'D1' })
    await unpublish(app, d1)
    expect(await view('/one')).toMatchObject({ dialogueName: 'D2' })
    expect(await countsOf(app, d1)).toEqual(T)
    expect(await countsOf(app, d2)).toEqual(T)
  })

  it('19: does not show again although it was changed, once it is completed', async () => {
    await publishSecond({ targetUrls: [ONE] })
    await complete(await view('/one'))
    await say(await view('/one'), 'red')
    await republish(app, d1, {
      name: 'D1 new',
      targetUrls: [ONE],
      cards: [question('shape', { round: null })],
    })
    expect(await view('/one')).toMatchObject(NOTHING)
    expect(await countsOf(app, d1)).toEqual(C)
    expect(await countsOf(app, d2)).toEqual(C)
  })
})

describe('a dialogue for two pages', () => {
  beforeEach(() => publishFirst({ targetUrls: [ONE, TWO] }))

  it('7: shows on both, and counts once', async () => {
    const first = await view('/one')
    expect(await view('/two')).toEqual(first)
    expect(await countsOf(app, d1)).toEqual(T)
  })

  it('8: goes on on the other page, once it is answered', async () => {
    const answered = await say(await view('/one'), 'red')
    expect(await view('/two')).toEqual(answered)
    expect(await countsOf(app, d1)).toEqual(E)
  })
})
