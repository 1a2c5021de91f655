// Meetings that visitors book in a dialogue.
import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, createVisitor, hold } from '../kit/booking.ts'
import { answerMeeting, liveChatCard, meetingCard } from '../kit/dialogue-agents.ts'
import { attribute, builtIn, capture, message, question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, publish, readSession, resolve, type Session } from '../kit/dialogues.ts'
import { erase } from '../kit/erasure.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const EMAIL = 'grace@navy.example'
const AT_NINE = 'Tuesday, 3 March 2026, 10:00–10:30 (Europe/Berlin, UTC+01:00) with Ada Lovelace'
const GRACE = { email: EMAIL, firstName: 'Grace' }

const { app, acme, ada, admin, visitor, database } = useScene({ ada: bookable(), visitor: aVisitor })

let dialogueId: string

/** A question, the e-mail address, a meeting, thanks. */
const CARDS = [
  question('topic', { prices: 'email', help: 'email' }),
  capture('email', builtIn('email'), { next: 'meet' }),
  meetingCard('meet', { next: 'bye' }),
  message('bye', 'See you, {{lead.firstName}}!'),
]

beforeEach(async () => {
  dialogueId = await publish(app, acme, { cards: CARDS })
})

const show = (token = visitor.token) => resolve(app, token)
const choose = (session: Session, key: string) => answer(app, visitor.token, session, { key })
const bookIn = (session: Session, meeting: object, more?: object) =>
  answerMeeting(app, visitor.token, session, meeting, more)
const meetings = () => database.meeting.findMany({ where: { workspaceId: acme.workspaceId } })

/** Shows a dialogue that begins with a meeting card. */
async function showMeetingFirst(more: Parameters<typeof meetingCard>[1] = { next: 'bye' }): Promise<Session> {
  dialogueId = await publish(app, acme, {
    priority: 1,
    cards: [meetingCard('meet', more), message('bye', 'See you!')],
  })
  return show()
}

/** Answers until the meeting card waits. */
async function reachMeeting(): Promise<Session> {
  const asked = await choose(await show(), 'prices')
  return answer(app, visitor.token, asked, { text: EMAIL })
}

describe('a meeting card', () => {
  it('books in place, for the person that the dialogue has asked for', async () => {
    const waiting = await reachMeeting()
    expect(waiting.pending).toMatchObject([
      {
        kind: 'MEETING',
        options: [{ key: 'not-now' }],
        target: { agentId: null, teamId: null, roundRobin: true },
      },
    ])
    const booked = await bookIn(waiting, { startsAt: NINE, agenda: 'Prices' })
    expect(booked).toMatchObject({ step: 3, completed: true, pending: [], conversation: { state: 'ENDED' } })
    expect(booked.transcript.slice(-2)).toMatchObject([
      { author: 'VISITOR', cardKey: 'meet', text: AT_NINE, meeting: { source: 'DIALOGUE', startsAt: NINE } },
      { author: 'BOT', text: 'See you, !' },
    ])
    const [meeting, ...others] = await meetings()
    expect(others).toEqual([])
    expect(meeting).toMatchObject({
      agentId: ada.agentId,
      source: 'DIALOGUE',
      agenda: 'Prices',
      status: 'SCHEDULED',
    })
    expect(await countsOf(app, dialogueId)).toEqual({
      ...{ TRIGGERED: 1, ENGAGED: 1, COMPLETED: 1, PERSON_ACQUIRED: 1 },
      MEETING_BOOKED: 1,
    })
  })

  it('is listed in the conversation, whose transcript says what was booked', async () => {
    const { conversation } = await bookIn(await reachMeeting(), { startsAt: NINE })
    const query = `query ($id: ID!) { node(id: $id) { ... on Conversation {
      meetings { startsAt } messages { nodes { author text } } person { email }
    } } }`
    const read = await data(app.execute(query, { variables: { id: conversation?.id }, token: admin.token }))
    expect(read).toMatchObject({
      node: {
        meetings: [{ startsAt: NINE }],
        person: { email: EMAIL },
        messages: {
          nodes: [
            { author: 'BOT', text: 'topic?' },
            { author: 'VISITOR', text: 'prices' },
            { author: 'BOT', text: 'email?' },
            { author: 'VISITOR', text: EMAIL },
            { author: 'BOT', text: 'meet?' },
            { author: 'VISITOR', text: AT_NINE },
            { author: 'BOT', text: 'See you, !' },
          ],
        },
      },
    })
  })

  it('books the slot that the visitor holds', async () => {
    const waiting = await reachMeeting()
    const { id: holdId } = await hold(app, {
      token: visitor.token,
      input: { target: { roundRobin: true }, startsAt: TEN },
    })
    const booked = await bookIn(waiting, { holdId })
    expect(booked.transcript.at(-2)).toMatchObject({ meeting: { startsAt: TEN } })
    expect(await bookIn(waiting, { holdId })).toMatchObject({ id: booked.id, step: 3 })
    expect(await meetings()).toHaveLength(1)
  })

  it('that begins the dialogue asks who the visitor is, and its meeting is in the conversation too', async () => {
    const waiting = await showMeetingFirst()
    expect(await bookIn(waiting, { startsAt: NINE })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'meeting', 'person', 'email'], code: 'REQUIRED' }],
    })
    const booked = await bookIn(waiting, { startsAt: NINE, person: GRACE })
    expect(booked).toMatchObject({ completed: true, transcript: [{ text: 'meet?' }, { text: AT_NINE }, {}] })
    const [meeting] = await meetings()
    const { conversationId } = await database.dialogueSession.findFirstOrThrow({ where: { dialogueId } })
    expect(meeting).toMatchObject({ source: 'DIALOGUE', conversationId })
    expect(await countsOf(app, dialogueId)).toMatchObject({ PERSON_ACQUIRED: 1, MEETING_BOOKED: 1 })
  })

  it('stores the name and the address of the agent, also where the dialogue goes on with them', async () => {
    const agentNameTo = attribute('host')
    const agentEmailTo = attribute('hostEmail', { type: 'EMAIL' })
    const waiting = await showMeetingFirst({ next: 'bye', agentNameTo, agentEmailTo })
    await bookIn(waiting, { startsAt: NINE, person: GRACE })
    const claimed = await database.visitor.findFirstOrThrow({
      where: { workspaceId: acme.workspaceId, person: { email: EMAIL } },
    })
    expect(claimed.claimed).toMatchObject({ attributes: { host: ada.name, hostEmail: ada.email } })
  })

  it('goes on without a meeting, if the visitor does not want one now', async () => {
    const waiting = await reachMeeting()
    const gone = await choose(waiting, 'not-now')
    expect(gone).toMatchObject({ completed: true, transcript: { length: 7 } })
    expect(gone.transcript.at(-2)).toMatchObject({ author: 'VISITOR', text: 'Not now' })
    expect(await meetings()).toEqual([])
    expect(await bookIn(waiting, { startsAt: NINE })).toMatchObject({
      __typename: 'StepTakenError',
      session: { step: 3 },
    })
    expect(await meetings()).toEqual([])
  })

  it('leaves no key of its call behind when the person is erased', async () => {
    const waiting = await reachMeeting()
    await bookIn(waiting, { startsAt: NINE })
    const keys = () => database.idempotencyKey.count({ where: { workspaceId: acme.workspaceId } })
    expect(await keys()).toBe(1)
    const [meeting] = await meetings()
    app.clock.set('2026-03-04T08:00:00Z')
    const erased = await erase(app, { personId: meeting?.personId ?? '', token: admin.token })
    expect(erased).toMatchObject({ complete: true })
    expect(await keys()).toBe(0)
  })

  it('leads on to a live chat', async () => {
    dialogueId = await publish(app, acme, {
      priority: 1,
      cards: [meetingCard('meet', { next: 'chat' }), liveChatCard('chat')],
    })
    const booked = await bookIn(await show(), { startsAt: NINE, person: GRACE })
    expect(booked).toMatchObject({ completed: true, conversation: { state: 'MISSED' } })
    const [meeting] = await meetings()
    expect(meeting?.conversationId).not.toBeNull()
  })
})

describe('a meeting that cannot be booked', () => {
  it('leaves the card waiting, with other times', async () => {
    const waiting = await reachMeeting()
    const another = await createVisitor(app, acme)
    await book(app, {
      token: another,
      input: { target: { agentId: ada.id }, startsAt: NINE, person: { email: 'eve@example.com' } },
    })
    const refused = await bookIn(waiting, { startsAt: NINE })
    expect(refused).toMatchObject({ __typename: 'SlotUnavailableError', reason: 'TAKEN' })
    expect(refused.alternatives).not.toEqual([])
    expect(await readSession(app, visitor.token, waiting.id)).toMatchObject({
      step: 2,
      pending: waiting.pending,
    })
    expect(await bookIn(waiting, { startsAt: TEN })).toMatchObject({ step: 3, completed: true })
  })

  it('because the agent of the card was removed has the fallback', async () => {
    const waiting = await showMeetingFirst({ next: 'bye', routing: { agentId: ada.agentId } })
    await database.agent.update({ where: { id: ada.agentId }, data: { removedAt: app.clock.now() } })
    expect(await bookIn(waiting, { startsAt: NINE, person: GRACE })).toMatchObject({
      __typename: 'NoAgentAvailableError',
      fallback: { message: expect.any(String) },
    })
    expect(await choose(waiting, 'not-now')).toMatchObject({ completed: true })
  })

  it.each([
    [
      'a hold of somebody else',
      { holdId: 'U2xvdEhvbGQ6MDE5MGEwYjAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw' },
      'NotFoundError',
    ],
    [
      'both a hold and a time',
      { holdId: 'U2xvdEhvbGQ6MDE5MGEwYjAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAw', startsAt: NINE },
      'InvalidInputError',
    ],
    ['neither a hold nor a time', {}, 'InvalidInputError'],
    ['a time in the past', { startsAt: '2026-03-01T09:00:00Z' }, 'SlotUnavailableError'],
  ])('refuses %s', async (_what, meeting, __typename) => {
    const waiting = await reachMeeting()
    expect(await bookIn(waiting, meeting)).toMatchObject({ __typename })
    expect(await meetings()).toEqual([])
    expect(await bookIn(waiting, { startsAt: NINE })).toMatchObject({ completed: true })
  })

  it('refuses a meeting where the card asks something else, and two answers at once', async () => {
    const asked = await show()
    expect(await bookIn(asked, { startsAt: NINE, person: GRACE })).toMatchObject({
      issues: [{ path: ['input', 'meeting'], code: 'NOT_ALLOWED' }],
    })
    expect(await bookIn(await reachMeeting(), { startsAt: NINE }, { answerKey: 'not-now' })).toMatchObject({
      issues: [{ path: ['input', 'answerKey'], code: 'CONFLICTING' }],
    })
    expect(await meetings()).toEqual([])
  })
})
