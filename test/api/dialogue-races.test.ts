// What two tabs do at the same moment around a meeting that a dialogue books, and around an answer that is sent twice.
import { describe, expect, it } from 'vitest'
import { sweepDialogues } from '../../src/services/dialogues/running/sweep.ts'
import { beforeTransaction } from '../kit/before-transaction.ts'
import { answerMeeting, bookWithoutAnswer, meetingCard } from '../kit/dialogue-agents.ts'
import { question } from '../kit/dialogue-cards.ts'
import {
  answer,
  countsOf,
  deleteDialogue,
  noteTrigger,
  publish,
  republish,
  resolve,
  type Session,
  SITE,
  unpublish,
} from '../kit/dialogues.ts'
import { identifyVisitor } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const PERSON = { email: 'grace@navy.example' }
const MEETING_FIRST = [meetingCard('meet', { next: 'colour' }), question('colour', { red: null })]

const { app, acme, visitor, database } = useScene({ ada: bookable(), visitor: aVisitor })

const show = (page?: string) => resolve(app, visitor.token, page)
const choose = (session: Session, key: string, more?: object) =>
  answer(app, visitor.token, session, { key }, more)
const bookIn = (session: Session, startsAt = NINE) =>
  answerMeeting(app, visitor.token, session, { startsAt, person: PERSON })
const lose = (session: Session) => bookWithoutAnswer(app, session.id, { startsAt: NINE, person: PERSON })
const meetings = () => database.meeting.findMany({ where: { workspaceId: acme.workspaceId } })

describe('"not now" in another tab', () => {
  it('is too late once the meeting is booked: its answer is applied, and everything counts', async () => {
    const id = await publish(app, acme, { cards: MEETING_FIRST })
    const waiting = await show()
    beforeTransaction(app, () => lose(waiting))
    const refused = await choose(waiting, 'not-now')
    expect(refused).toMatchObject({ __typename: 'StepTakenError', session: { step: 1 } })
    const [meeting, ...others] = await meetings()
    expect(others).toEqual([])
    expect(meeting?.conversationId).not.toBeNull()
    expect(await countsOf(app, id)).toMatchObject({ MEETING_BOOKED: 1, PERSON_ACQUIRED: 1, ENGAGED: 1 })
    expect(await bookIn(waiting)).toMatchObject({ __typename: 'DialogueSession', step: 1 })
  })

  it('is too late also for a visitor who is known, of whom the booking says nothing new', async () => {
    const id = await publish(app, acme, { cards: MEETING_FIRST })
    await identifyVisitor(app, visitor.token, { person: PERSON })
    const waiting = await show()
    beforeTransaction(app, () => lose(waiting))
    expect(await choose(waiting, 'not-now')).toMatchObject({ __typename: 'StepTakenError' })
    expect(await countsOf(app, id)).toMatchObject({ MEETING_BOOKED: 1 })
    expect((await meetings())[0]?.conversationId).not.toBeNull()
  })

  it('before the meeting is booked lets no meeting be booked', async () => {
    await publish(app, acme, { cards: MEETING_FIRST })
    const waiting = await show()
    beforeTransaction(app, () => choose(waiting, 'not-now'))
    expect(await bookIn(waiting)).toMatchObject({ __typename: 'StepTakenError', session: { step: 1 } })
    expect(await meetings()).toEqual([])
  })

  it.each([0, 4, 8, 12, 16])('sent %i statements after the booking agrees with it', async (delay) => {
    await publish(app, acme, { cards: MEETING_FIRST })
    const waiting = await show()
    const late = async () => {
      for (let count = 0; count < delay; count += 1) await database.$queryRaw`SELECT 1`
      return choose(waiting, 'not-now')
    }
    const [booked, refused] = await Promise.all([bookIn(waiting), late()])
    expect([booked.__typename, refused.__typename].sort()).toEqual(['DialogueSession', 'StepTakenError'])
    const isBooked = booked.__typename === 'DialogueSession'
    expect(await meetings()).toHaveLength(isBooked ? 1 : 0)
  })
})

describe('publishing while a meeting is booked', () => {
  const CHANGED = { cards: [question('x', { y: 'meet' }), ...MEETING_FIRST] }

  it('in a session that has moved to the new version books nothing', async () => {
    const id = await publish(app, acme, { cards: MEETING_FIRST })
    const waiting = await show()
    beforeTransaction(app, async () => {
      await republish(app, id, CHANGED)
      await show()
    })
    expect(await bookIn(waiting)).toMatchObject({ __typename: 'ConflictError', reason: 'CARD_NOT_PENDING' })
    expect(await meetings()).toEqual([])
    expect(await show()).toMatchObject({ id: waiting.id, step: 0, pending: [{ key: 'x' }] })
  })

  it('leaves a session that has booked in its version', async () => {
    const id = await publish(app, acme, { cards: MEETING_FIRST })
    const waiting = await show()
    await lose(waiting)
    await republish(app, id, CHANGED)
    const views = await Promise.all([show(), show(), noteTrigger(app, visitor.token, waiting.id)])
    for (const each of views) expect(each).toMatchObject({ __typename: 'DialogueSession', id: waiting.id })
    expect(await show()).toMatchObject({ step: 1, pending: [{ key: 'colour' }] })
  })
})

describe('a booking whose answer was lost is found', () => {
  it.each([
    ['on another page', async () => {}],
    ['once the dialogue is unpublished', (id: string) => unpublish(app, id)],
  ])('%s', async (_what, change) => {
    const id = await publish(app, acme, { targetUrls: [`${SITE}/a`], cards: MEETING_FIRST })
    const waiting = await show('/a')
    await lose(waiting)
    await change(id)
    expect(await show('/b')).toMatchObject({ id: waiting.id, step: 1, pending: [{ key: 'colour' }] })
    expect(await countsOf(app, id)).toMatchObject({ MEETING_BOOKED: 1, PERSON_ACQUIRED: 1 })
  })

  it.each([
    ['by the sweep', () => sweepDialogues(app.app.services)],
    ['by the next page view', () => show()],
  ])('once the dialogue is deleted, %s', async (_what, look) => {
    const id = await publish(app, acme, { cards: [question('topic', { prices: 'meet' }), ...MEETING_FIRST] })
    const waiting = await choose(await show(), 'prices')
    await lose(waiting)
    await deleteDialogue(app, id)
    await look()
    await look()
    expect(await countsOf(app, id)).toMatchObject({ MEETING_BOOKED: 1, PERSON_ACQUIRED: 1 })
    const [meeting] = await meetings()
    expect(meeting?.conversationId).not.toBeNull()
    const { conversationId } = await database.dialogueSession.findFirstOrThrow({ where: { dialogueId: id } })
    const chat = await database.conversation.findUniqueOrThrow({ where: { id: conversationId ?? '' } })
    expect(chat.state).toBe('TIMED_OUT')
    expect(await bookIn(waiting)).toMatchObject({ __typename: 'DialogueSession', pending: [] })
    expect(await bookIn(waiting, TEN)).toMatchObject({ __typename: 'StepTakenError' })
  })
})

describe('an answer that is sent again while it is applied', () => {
  const reachSecond = async () => {
    const cards = [
      question('colour', { red: 'size' }),
      question('size', { small: 'shape', large: 'shape' }),
      question('shape', { round: null }),
    ]
    await publish(app, acme, { cards })
    return choose(await show(), 'red')
  }

  it('is the same answer', async () => {
    const asked = await reachSecond()
    const more = { clientKey: 'the same' }
    beforeTransaction(app, () => choose(asked, 'small', more))
    expect(await choose(asked, 'small', more)).toMatchObject({ __typename: 'DialogueSession', step: 2 })
  })

  it('under the same key with another choice is refused', async () => {
    const asked = await reachSecond()
    const more = { clientKey: 'the same' }
    beforeTransaction(app, () => choose(asked, 'small', more))
    expect(await choose(asked, 'large', more)).toMatchObject({
      __typename: 'ConflictError',
      reason: 'KEY_REUSED',
    })
  })
})
