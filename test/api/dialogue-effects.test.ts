// What cards do besides showing something, and what is counted of them.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { createVisitor } from '../kit/booking.ts'
import { action, attribute, document, goal, message, question, TWO_QUESTIONS } from '../kit/dialogue-cards.ts'
import {
  answer,
  cardCountsOf,
  countsOf,
  noteDocument,
  noteTrigger,
  publish,
  resolve,
  SITE,
} from '../kit/dialogues.ts'
import { visitorOf } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, visitor, database } = useScene({ visitor: aVisitor })

let plan: Attribute
beforeEach(async () => {
  const { workspaceId } = acme
  const data = {
    workspaceId,
    createdAt: app.clock.now(),
    label: 'Plan',
    name: 'plan',
    type: 'TEXT',
    entity: 'PERSON',
  } as const
  plan = attribute('plan', await database.attribute.create({ data, select: { id: true } }))
})
const ofVisitor = async (token: string) => {
  const { personId } = await visitorOf(app, token)
  return database.person.findUniqueOrThrow({ where: { id: personId } })
}

describe('cards that show nothing', () => {
  it('set attributes and reach goals, each when it is passed', async () => {
    const id = await publish(app, acme, {
      cards: [
        goal('begun', 'set'),
        action('set', plan, 'gold for {{lead.firstName:"you"}}', 'ask'),
        question('ask', { yes: 'reached' }),
        goal('reached', 'bye'),
        message('bye', '{{lead.plan}}'),
      ],
    })
    const session = await resolve(app, visitor.token)
    expect(await ofVisitor(visitor.token)).toMatchObject({ attributes: { plan: 'gold for you' } })
    expect(await countsOf(app, id)).toEqual({ GOAL_REACHED: 1, TRIGGERED: 1 })
    await resolve(app, visitor.token)
    const told = await answer(app, visitor.token, session, { key: 'yes' })
    expect(told.transcript.at(-1)?.text).toBe('gold for you')
    expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, ENGAGED: 1, GOAL_REACHED: 2, TRIGGERED: 1 })
    const goals = await database.dialogueCount.findMany({ where: { dialogueId: id, kind: 'GOAL_REACHED' } })
    expect(goals.map(({ score }) => score)).toEqual([2, 2])
  })

  it('do so only once the trigger is met', async () => {
    const id = await publish(app, acme, {
      targetUrls: [SITE],
      trigger: { timeOnPageSeconds: null, timeOnSiteSeconds: null, scrollPercent: 10 },
      cards: [goal('begun', 'set'), action('set', plan, 'gold', 'ask'), question('ask', { yes: null })],
    })
    const session = await resolve(app, visitor.token)
    expect(await ofVisitor(visitor.token)).toMatchObject({ attributes: {} })
    expect(await countsOf(app, id)).toEqual({})
    await noteTrigger(app, visitor.token, session.id)
    expect(await ofVisitor(visitor.token)).toMatchObject({ attributes: { plan: 'gold' } })
    expect(await countsOf(app, id)).toEqual({ GOAL_REACHED: 1, TRIGGERED: 1 })
  })
})

it('documents count once in a visit for what the visitor does with them', async () => {
  const id = await publish(app, acme, { cards: [document('paper', 'ask'), question('ask', { yes: null })] })
  const session = await resolve(app, visitor.token)
  expect(session.transcript).toMatchObject([{ text: '', document: { name: 'paper' } }])
  for (const action of ['OPENED', 'DOWNLOADED', 'OPENED']) {
    const noted = await noteDocument(app, visitor.token, { sessionId: session.id, cardKey: 'paper', action })
    expect(noted).toEqual(session)
  }
  expect(await countsOf(app, id)).toEqual({ DOCUMENT_DOWNLOADED: 1, DOCUMENT_OPENED: 1, TRIGGERED: 1 })
  const input = { sessionId: session.id, cardKey: 'ask', action: 'OPENED' }
  expect(await noteDocument(app, visitor.token, input)).toMatchObject({ issues: [{ code: 'UNKNOWN' }] })
})

it('cards count as shown and answered once in a visit', async () => {
  const id = await publish(app, acme, { cards: TWO_QUESTIONS })
  const session = await resolve(app, visitor.token)
  await resolve(app, visitor.token)
  await answer(app, visitor.token, session, { key: 'red' })
  await resolve(app, await createVisitor(app, acme))
  expect(await cardCountsOf(app, id)).toEqual({
    hello: { shown: 2, answered: 0 },
    color: { shown: 2, answered: 1 },
    size: { shown: 1, answered: 0 },
  })
})
