// What visitors tell a dialogue is said of them by the rules of claims (docs/semantics.md, section 9).
import { beforeEach, describe, expect, it } from 'vitest'
import type { Attribute } from '../../src/services/attributes/attribute.ts'
import { createVisitor } from '../kit/booking.ts'
import { createGrace, GRACE } from '../kit/claims.ts'
import { attribute, branch, builtIn, capture, message, question } from '../kit/dialogue-cards.ts'
import { answer, countsOf, publish, resolve, type Session } from '../kit/dialogues.ts'
import { hashWith, identifyVisitor, identitySecretOf, personOf, visitorOf } from '../kit/people.ts'
import { aVisitor, useScene } from '../kit/scene.ts'

const { app, acme, visitor, database } = useScene({ visitor: aVisitor })

const email = builtIn('email')
const firstName = builtIn('firstName')
const company = builtIn('name', 'COMPANY')
let tier: Attribute
let seats: Attribute

/** Attributes that staff has defined. */
beforeEach(async () => {
  const define = async (name: string, type: Attribute['type'], entity: Attribute['entity']) => {
    const data = {
      workspaceId: acme.workspaceId,
      createdAt: app.clock.now(),
      label: name,
      name,
      type,
      entity,
    }
    const { id } = await database.attribute.create({ data })
    return attribute(name, { id, type, entity })
  }
  tier = await define('tier', 'TEXT', 'PERSON')
  seats = await define('seats', 'INTEGER', 'COMPANY')
})

const ASKED = () => [
  capture('mail', email, { next: 'name' }),
  capture('name', firstName, { next: 'seats' }),
  capture('seats', seats, { next: 'tier' }),
  question('tier', { gold: 'bye', silver: 'bye' }, { attribute: tier }),
  message('bye', 'Bye {{lead.firstName}} ({{lead.tier}}) of {{company.seats}}.'),
]

/** Answers one card after the other. */
async function tell(
  token: string,
  session: Session,
  ...said: ({ key: string } | { text: string })[]
): Promise<Session> {
  let now = session
  for (const each of said) now = await answer(app, token, now, each)
  return now
}
const ALL = [{ text: 'Ada@Engines.example' }, { text: 'Ada' }, { text: '250' }, { key: 'gold' }] as const
const ofVisitor = async (token: string) => {
  const { personId } = await visitorOf(app, token)
  return database.person.findUniqueOrThrow({ where: { id: personId } })
}

describe('what an unverified visitor answers', () => {
  it('makes a new person of what it claims, and counts one acquired person', async () => {
    const id = await publish(app, acme, { cards: ASKED() })
    const told = await tell(visitor.token, await resolve(app, visitor.token), ...ALL)
    expect(told.transcript.at(-1)?.text).toBe('Bye Ada (gold) of 250.')
    const person = await ofVisitor(visitor.token)
    expect(person).toMatchObject({
      email: 'ada@engines.example',
      firstName: 'Ada',
      attributes: { tier: 'gold' },
      companyAttributes: { seats: 250 },
    })
    expect(await database.conversation.findFirst({ where: { dialogueId: id } })).toMatchObject({
      state: 'ENDED',
      personId: person.id,
      verified: false,
      claimed: { email: 'ada@engines.example', firstName: 'Ada', attributes: { tier: 'gold' } },
    })
    expect(await database.dialogueSession.findFirst({ where: { dialogueId: id } })).toMatchObject({
      personId: person.id,
    })
    expect(await countsOf(app, id)).toMatchObject({ PERSON_ACQUIRED: 1, COMPLETED: 1 })
  })

  it('changes nothing of a person who is known already, and reads nothing of that person back', async () => {
    const graceId = await createGrace(app, acme)
    const before = await database.person.findUniqueOrThrow({ where: { id: graceId } })
    const id = await publish(app, acme, {
      cards: [
        capture('mail', email, { next: 'name' }),
        capture('name', firstName, { whenKnown: 'SKIP', next: 'gold' }),
        branch('gold', [{ is: [attribute('plan'), 'gold'], next: 'known' }], 'bye'),
        message('known', 'You have gold.', 'bye'),
        message('bye', 'Bye {{lead.lastName:"you"}} of {{company.name:"somewhere"}}.'),
      ],
    })
    const asked = await tell(visitor.token, await resolve(app, visitor.token), { text: GRACE })
    expect(asked.pending).toMatchObject([{ key: 'name', value: null }])
    const told = await tell(visitor.token, asked, { text: 'Eve' })
    expect(told.transcript.at(-1)?.text).toBe('Bye you of somewhere.')
    expect(JSON.stringify(told)).not.toContain('You have gold.')
    expect(await database.person.findUniqueOrThrow({ where: { id: graceId } })).toEqual(before)
    expect(await visitorOf(app, visitor.token)).toMatchObject({ personId: graceId, verified: false })
    expect(await countsOf(app, id)).toMatchObject({ PERSON_ACQUIRED: 1 })
  })

  it('is offered again in this visit, to be changed or to be passed over', async () => {
    await publish(app, acme, { cards: ASKED() })
    await tell(visitor.token, await resolve(app, visitor.token), ...ALL)
    await publish(app, acme, {
      priority: 2,
      cards: [capture('mail', email, { whenKnown: 'SKIP', next: 'name' }), capture('name', firstName)],
    })
    expect(await resolve(app, visitor.token)).toMatchObject({ pending: [{ key: 'name', value: 'Ada' }] })
  })

  it('counts no acquired person once an e-mail address is known', async () => {
    await identifyVisitor(app, visitor.token, { person: { email: 'ada@engines.example' } })
    const id = await publish(app, acme, { cards: [capture('mail', email)] })
    const session = await resolve(app, visitor.token)
    expect(session.pending).toMatchObject([{ value: 'ada@engines.example' }])
    await tell(visitor.token, session, { text: 'eve@engines.example' })
    expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, ENGAGED: 1, TRIGGERED: 1 })
    expect(await database.dialogueCount.count({ where: { dialogueId: id, known: false } })).toBe(0)
    expect(await personOf(app, visitor.token)).toMatchObject({ email: 'eve@engines.example' })
  })

  it.each([
    ['no e-mail address', () => email, 'ada@', 'INVALID_FORMAT'],
    ['no number', () => seats, '250 seats', 'INVALID_FORMAT'],
    [
      'no phone number but prose with one',
      () => builtIn('phone'),
      'call me at +49 30 901820',
      'INVALID_FORMAT',
    ],
    ['nothing', () => company, '   ', 'REQUIRED'],
    ['too long a name', () => firstName, 'x'.repeat(101), 'TOO_LONG'],
  ])('is refused if it is %s, and can be answered again', async (_name, asked, text, code) => {
    const id = await publish(app, acme, { cards: [capture('ask', asked())] })
    const session = await resolve(app, visitor.token)
    expect(await answer(app, visitor.token, session, { text })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'text'], code }],
    })
    expect(await resolve(app, visitor.token)).toEqual(session)
    expect(await countsOf(app, id)).toEqual({ TRIGGERED: 1 })
  })

  it('is warned of a phone number that is possible but unknown', async () => {
    await publish(app, acme, {
      cards: [capture('phone', builtIn('phone'), { next: 'bye' }), message('bye', 'Bye.')],
    })
    const told = await tell(visitor.token, await resolve(app, visitor.token), { text: '+1 (555) 555-5555' })
    expect(told.transcript[1]).toMatchObject({
      text: '+1 (555) 555-5555',
      warning: 'No phone numbers like this one are known.',
    })
    expect(await ofVisitor(visitor.token)).toMatchObject({ phone: '+15555555555' })
  })

  it('is read as a number of the workspace’s country', async () => {
    await database.workspace.update({ where: { id: acme.workspaceId }, data: { phoneCountry: 'US' } })
    await publish(app, acme, { cards: [capture('phone', builtIn('phone'))] })
    const told = await tell(visitor.token, await resolve(app, visitor.token), { text: '416 555 0123' })
    expect(told.transcript[1]).toMatchObject({ warning: null })
    expect(await ofVisitor(visitor.token)).toMatchObject({ phone: '+14165550123' })
  })
})

describe('what a verified visitor answers', () => {
  const verify = async (token: string) =>
    identifyVisitor(app, token, {
      person: { email: GRACE },
      identityHash: hashWith(await identitySecretOf(app, acme), GRACE),
    })

  it('is stored with its person, of whom it reads what is stored', async () => {
    const graceId = await createGrace(app, acme)
    await verify(visitor.token)
    await publish(app, acme, {
      cards: [
        capture('mail', email, { whenKnown: 'SKIP', next: 'tier' }),
        question('tier', { silver: 'bye' }, { attribute: tier }),
        message('bye', 'Bye {{lead.lastName}}: {{lead.tier}}.'),
      ],
    })
    const told = await tell(visitor.token, await resolve(app, visitor.token), { key: 'silver' })
    expect(told.transcript.at(-1)?.text).toBe('Bye Hopper: silver.')
    expect(await database.person.findUniqueOrThrow({ where: { id: graceId } })).toMatchObject({
      firstName: 'Grace',
      attributes: { plan: 'gold', tier: 'silver' },
    })
  })

  it('makes it unverified if it is another e-mail address', async () => {
    await createGrace(app, acme)
    await verify(visitor.token)
    await publish(app, acme, {
      cards: [capture('mail', email, { next: 'bye' }), message('bye', 'Bye {{lead.lastName:"you"}}.')],
    })
    const told = await tell(visitor.token, await resolve(app, visitor.token), { text: 'eve@navy.example' })
    expect(told.transcript.at(-1)?.text).toBe('Bye you.')
    expect(await visitorOf(app, visitor.token)).toMatchObject({ verified: false })
  })

  it('goes on in the other browsers of its person, and is completed in all of them', async () => {
    await createGrace(app, acme)
    const elsewhere = await createVisitor(app, acme)
    const stranger = await createVisitor(app, acme, { email: GRACE })
    for (const token of [visitor.token, elsewhere]) await verify(token)
    const id = await publish(app, acme, {
      cards: [question('color', { red: 'size' }), question('size', { large: null })],
    })
    const answered = await tell(visitor.token, await resolve(app, visitor.token), { key: 'red' })
    expect(await resolve(app, elsewhere)).toEqual(answered)
    expect(await resolve(app, stranger)).toMatchObject({ step: 0 })
    const completed = await tell(elsewhere, answered, { key: 'large' })
    expect(completed).toMatchObject({ completed: true, step: 2 })
    for (const token of [visitor.token, elsewhere]) {
      expect(await resolve(app, token)).toMatchObject({ because: 'NONE_FITS' })
    }
    const third = await createVisitor(app, acme)
    expect(await resolve(app, third)).toMatchObject({ step: 0 })
    await verify(third)
    expect(await resolve(app, third)).toMatchObject({ because: 'NONE_FITS' })
    expect(await countsOf(app, id)).toEqual({ COMPLETED: 1, ENGAGED: 1, TRIGGERED: 3 })
  })
})
