// Several tabs and browsers of a visitor at the same moment: nothing is lost, and nothing counts twice.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { createVisitor } from '../kit/booking.ts'
import { action, attribute, builtIn, capture, goal, message, question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, noteTrigger, publish, readSession, resolve, SITE } from '../kit/dialogues.ts'
import { hashWith, identifyVisitor, identitySecretOf, visitorOf } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, visitor, database } = useScene({ visitor: aVisitor })
const ADA = 'ada@engines.example'
const TABS = 5

let tier: Attribute
let size: Attribute

beforeEach(async () => {
  const define = async (name: string) => {
    const data = { name, label: name, entity: 'PERSON', type: 'TEXT' } as const
    const { workspaceId } = acme
    const { id } = await database.attribute.create({
      data: { ...data, workspaceId, createdAt: app.clock.now() },
    })
    return attribute(name, { id })
  }
  tier = await define('tier')
  size = await define('size')
})

describe('tabs that are opened at the same moment', () => {
  const resolveInAll = () => Promise.all(Array.from({ length: TABS }, () => resolve(app, visitor.token)))

  it('show one session of a dialogue', async () => {
    await publish(app, acme)
    const ids = (await resolveInAll()).map(({ id }) => id)
    expect(new Set(ids).size).toBe(1)
  })

  it('show a dialogue that is over at once in one of them, and count its goal once', async () => {
    const id = await publish(app, acme, { cards: [message('hello', 'Hello!', 'seen'), goal('seen', null)] })
    const shown = (await resolveInAll()).map(({ __typename }) => __typename)
    expect(shown.sort()).toEqual(['DialogueSession', ...Array(TABS - 1).fill('NoDialogue')])
    expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, GOAL_REACHED: 1, TRIGGERED: 1 })
  })
})

describe('browsers of a verified person', () => {
  const verified = async () => {
    const token = await createVisitor(app, acme)
    const identityHash = hashWith(await identitySecretOf(app, acme), ADA)
    await identifyVisitor(app, token, { person: { email: ADA }, identityHash })
    return token
  }

  it('that answer at the same moment lose nothing of what is said', async () => {
    const browsers = [await verified(), await verified()] as const
    const ask = (key: string, of: Attribute, page: string) => ({
      cards: [question(key, { yes: null }, { attribute: of })],
      targetUrls: [`${SITE}${page}`],
    })
    await publish(app, acme, ask('tier', tier, '/a'))
    await publish(app, acme, ask('size', size, '/b'))
    const sessions = [await resolve(app, browsers[0], '/a'), await resolve(app, browsers[1], '/b')] as const
    await Promise.all([0, 1].map((one) => answer(app, browsers[one]!, sessions[one]!, { key: 'yes' })))
    const person = await database.person.findFirstOrThrow({ where: { email: ADA } })
    expect(person.attributes).toEqual({ tier: 'yes', size: 'yes' })
  })

  it('show a dialogue that is over at once in one of them', async () => {
    const browsers = [await verified(), await verified()]
    await publish(app, acme, { cards: [message('hello', 'Hello!')] })
    const shown = await Promise.all(browsers.map((token) => resolve(app, token)))
    expect(shown.map(({ __typename }) => __typename).sort()).toEqual(['DialogueSession', 'NoDialogue'])
  })
})

it('a trigger that is met while another tab opens the page stays met', async () => {
  const trigger = { timeOnPageSeconds: null, timeOnSiteSeconds: null, scrollPercent: 50 }
  await publish(app, acme, { trigger })
  const { id } = await resolve(app, visitor.token)
  const tabs = Array.from({ length: 4 * TABS }, () => resolve(app, visitor.token))
  await Promise.all([noteTrigger(app, visitor.token, id), ...tabs])
  expect(await readSession(app, visitor.token, id)).toMatchObject({ startAfter: null })
})

it('a tab that learns that its dialogue was deleted has nothing to answer', async () => {
  const id = await publish(app, acme, {
    cards: [question('color', { red: 'size', blue: 'size' }), question('size', { small: null })],
  })
  const session = await resolve(app, visitor.token)
  await answer(app, visitor.token, session, { key: 'red' })
  // Nobody has ended its sessions yet.
  await database.dialogue.update({
    where: { id },
    data: { publishedVersionId: null, deletedAt: app.clock.now() },
  })
  const refused = await answer(app, visitor.token, session, { key: 'blue' })
  expect(refused).toMatchObject({ __typename: 'StepTakenError', session: { step: 1, pending: [] } })
})

it('what is said after another e-mail address is said of somebody else only', async () => {
  const email = builtIn('email')
  await publish(app, acme, {
    cards: [
      question('tier', { gold: 'mail' }, { attribute: tier }),
      capture('mail', email, { next: 'other' }),
      capture('other', email, { next: 'size' }),
      action('size', size, 'large', 'bye'),
      message('bye', 'Bye {{lead.tier:"you"}}.'),
    ],
  })
  let session = await resolve(app, visitor.token)
  for (const said of [{ key: 'gold' }, { text: ADA }, { text: 'grace@navy.example' }]) {
    session = await answer(app, visitor.token, session, said)
  }
  expect(session.transcript.at(-1)?.text).toBe('Bye you.')
  const { claimed } = await visitorOf(app, visitor.token)
  expect(claimed).toMatchObject({ email: 'grace@navy.example', attributes: { size: 'large' } })
  expect(Object(claimed).attributes).not.toHaveProperty('tier')
})
