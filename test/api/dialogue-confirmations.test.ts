// Meetings that unverified visitors book in a dialogue, and have to confirm by mail.
import { expect, it } from 'vitest'
import { createVisitor } from '../kit/booking.ts'
import { BOOKED, GRACE, useConfirmationScene } from '../kit/confirmations.ts'
import { answerMeeting, meetingCard } from '../kit/dialogue-agents.ts'
import { attribute, message, question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, publish, readSession, resolve } from '../kit/dialogues.ts'
import { hashWith, identifyVisitor, identitySecretOf } from '../kit/people.ts'
import { NINE } from '../kit/times.ts'

const { scene, current, linkTo, press, meetings } = useConfirmationScene()
const { app, acme, ada, database } = scene

const PERSON = { email: GRACE, firstName: 'Grace' }
const AT_NINE = 'Tuesday, 3 March 2026, 10:00–10:30 (Europe/Berlin, UTC+01:00) with Ada Lovelace'

const publishMeeting = () =>
  publish(app, acme, {
    cards: [
      question('topic', { prices: 'meet' }),
      meetingCard('meet', {
        next: 'bye',
        routing: { agentId: ada.agentId },
        agentNameTo: attribute('host'),
      }),
      message('bye', 'See you!'),
    ],
  })

async function bookIn(token = current.token) {
  const waiting = await answer(app, token, await resolve(app, token), { key: 'prices' })
  return answerMeeting(app, token, waiting, { startsAt: NINE, person: PERSON })
}

it('the booking is the answer, the transcript says that it is to be confirmed, and it counts once it is', async () => {
  const dialogueId = await publishMeeting()
  const booked = await bookIn()
  expect(booked).toMatchObject({ completed: true, conversation: { state: 'ENDED' } })
  expect(booked.transcript.at(-2)).toMatchObject({
    author: 'VISITOR',
    text: `${AT_NINE}, to be confirmed by mail`,
    meeting: null,
    confirmationSentTo: GRACE,
  })
  const asked = { TRIGGERED: 1, ENGAGED: 1, COMPLETED: 1, PERSON_ACQUIRED: 1 }
  expect(await countsOf(app, dialogueId)).toEqual(asked)
  const link = await linkTo(GRACE)
  for (const page of [await press(link), await press(link)]) expect(page).toContain(BOOKED)
  const [meeting, ...others] = await meetings()
  expect(others).toEqual([])
  const { conversationId } = await database.dialogueSession.findFirstOrThrow({ where: { dialogueId } })
  expect(meeting).toMatchObject({ source: 'DIALOGUE', conversationId })
  const again = await readSession(app, current.token, booked.id)
  expect(again).toMatchObject({ step: 2, completed: true })
  expect(await countsOf(app, dialogueId)).toEqual({ ...asked, MEETING_BOOKED: 1 })
})

it('a verified visitor has nothing to confirm', async () => {
  const dialogueId = await publishMeeting()
  const token = await createVisitor(app, acme)
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  await identifyVisitor(app, token, { person: PERSON, identityHash })
  const booked = await bookIn(token)
  expect(booked.transcript.at(-2)).toMatchObject({ text: AT_NINE, meeting: { startsAt: NINE } })
  expect(await countsOf(app, dialogueId)).toMatchObject({ MEETING_BOOKED: 1 })
})

it('a visitor who never confirms has booked nothing, and who it is was never verified', async () => {
  const dialogueId = await publishMeeting()
  await bookIn()
  const another = await createVisitor(app, acme)
  expect(await resolve(app, another)).toMatchObject({ step: 0 })
  expect(await meetings()).toEqual([])
  expect(await countsOf(app, dialogueId)).not.toHaveProperty('MEETING_BOOKED')
})
