// A meeting in a dialogue is booked once: however often the answer is sent, from several tabs, and when the node is killed.
import { beforeEach, expect, it } from 'vitest'
import { createVisitor } from '../kit/booking.ts'
import { answerMeeting, bookWithoutAnswer, meetingCard } from '../kit/dialogue-agents.ts'
import { question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, publish, resolve, type Session } from '../kit/dialogues.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { at, NINE, TEN } from '../kit/times.ts'

const AT_NINE = 'Tuesday, 3 March 2026, 10:00–10:30 (Europe/Berlin, UTC+01:00) with Ada Lovelace'
const PERSON = { email: 'grace@navy.example', firstName: 'Grace' }

const { app, acme, visitor, database } = useScene({ ada: bookable(), visitor: aVisitor })

let dialogueId: string
beforeEach(async () => {
  dialogueId = await publish(app, acme, {
    cards: [question('topic', { prices: 'meet' }), meetingCard('meet')],
  })
})

const show = () => resolve(app, visitor.token)
const choose = (session: Session, key: string) => answer(app, visitor.token, session, { key })
const bookIn = (session: Session, meeting: object, more?: object) =>
  answerMeeting(app, visitor.token, session, { person: PERSON, ...meeting }, more)
const meetings = () => database.meeting.findMany({ where: { workspaceId: acme.workspaceId } })
const reachMeeting = async () => choose(await show(), 'prices')

it('however often the answer is sent', async () => {
  const waiting = await reachMeeting()
  const clientKey = 'the same'
  const answers = await Promise.all([1, 2, 3].map(() => bookIn(waiting, { startsAt: NINE }, { clientKey })))
  for (const each of answers) expect(each).toMatchObject({ __typename: 'DialogueSession', step: 2 })
  expect(await meetings()).toHaveLength(1)
  expect(await countsOf(app, dialogueId)).toMatchObject({ MEETING_BOOKED: 1, COMPLETED: 1 })
})

it('when two tabs choose different times: the other gets the session as it is then', async () => {
  const waiting = await reachMeeting()
  const answers = await Promise.all([NINE, TEN, at('11:00')].map((startsAt) => bookIn(waiting, { startsAt })))
  const types = answers.map(({ __typename }) => __typename).sort()
  expect(types).toEqual(['DialogueSession', 'StepTakenError', 'StepTakenError'])
  const [meeting, ...others] = await meetings()
  expect(others).toEqual([])
  const won = answers.find(({ __typename }) => __typename === 'DialogueSession')
  expect(won?.transcript.at(-1)).toMatchObject({ meeting: { startsAt: meeting?.startsAt.toISOString() } })
})

const bookAndLose = (waiting: Session, startsAt: string) =>
  bookWithoutAnswer(app, waiting.id, { startsAt, person: PERSON })

it('and kept when the node is killed in between: the retry applies it', async () => {
  const waiting = await reachMeeting()
  await bookAndLose(waiting, NINE)
  expect(await bookIn(waiting, { startsAt: NINE })).toMatchObject({ step: 2, completed: true })
  expect(await meetings()).toHaveLength(1)
  expect(await countsOf(app, dialogueId)).toMatchObject({ MEETING_BOOKED: 1 })
})

it.each([
  ['another time', { meeting: { startsAt: TEN } }],
  ['not now', { answerKey: 'not-now' }],
])('and kept when another tab then answers: %s', async (_what, other) => {
  const waiting = await reachMeeting()
  await bookAndLose(waiting, NINE)
  const refused =
    'meeting' in other ? await bookIn(waiting, other.meeting) : await choose(waiting, other.answerKey)
  expect(refused).toMatchObject({ __typename: 'StepTakenError', session: { step: 2, completed: true } })
  expect(await meetings()).toHaveLength(1)
})

it('and the next page view goes on after it, also if it was the first answer', async () => {
  dialogueId = await publish(app, acme, {
    priority: 1,
    cards: [meetingCard('meet', { next: 'colour' }), question('colour', { red: null })],
  })
  const first = await show()
  await bookAndLose(first, NINE)
  const next = await show()
  expect(next).toMatchObject({ id: first.id, step: 1, pending: [{ key: 'colour' }] })
  expect(next.transcript.map(({ text }) => text)).toEqual(['meet?', AT_NINE])
  const [meeting] = await meetings()
  expect(meeting?.conversationId).not.toBeNull()
  expect(await countsOf(app, dialogueId)).toMatchObject({ ENGAGED: 1, MEETING_BOOKED: 1 })
})

it('also from two browsers of a verified person', async () => {
  const identityHash = hashWith(await identitySecretOf(app, acme), PERSON.email)
  const other = await createVisitor(app, acme)
  for (const token of [visitor.token, other]) {
    await identifyVisitor(app, token, { person: PERSON, identityHash })
  }
  const waiting = await reachMeeting()
  expect(await resolve(app, other)).toMatchObject({ id: waiting.id, step: 1, pending: waiting.pending })
  const answers = await Promise.all([
    bookIn(waiting, { startsAt: NINE }),
    answerMeeting(app, other, waiting, { startsAt: TEN }),
  ])
  const types = answers.map(({ __typename }) => __typename).sort()
  expect(types).toEqual(['DialogueSession', 'StepTakenError'])
  expect(await meetings()).toHaveLength(1)
})
