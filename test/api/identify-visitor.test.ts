import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { defining } from '../kit/attributes.ts'
import { book, createVisitor } from '../kit/booking.ts'
import {
  createConversation,
  hashWith,
  identifyVisitor,
  identitySecretOf,
  personGlobalId,
  personIdOf,
  personOf,
  visitorOf,
} from '../kit/people.ts'
import { bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const GRACE = 'grace@navy.example'
const ADA = 'ada@engines.example'

const { app, acme, admin, alan, database } = useScene({
  alan: bookable(),
  attributes: defining({ 'PERSON.size': 'INTEGER' }),
})

const identify = (token: string | undefined, input: object) => identifyVisitor(app, token, input)
const people = () => database.person.count({ where: { workspaceId: acme.workspaceId } })
const personOfConversation = async (id: string) =>
  personGlobalId((await database.conversation.findUniqueOrThrow({ where: { id } })).personId)

/** The ways in which a visitor says its e-mail; each answers who the visitor is then. */
const WAYS: Record<string, (token: string, person: object) => Promise<unknown>> = {
  identifyVisitor: (token, person) => identify(token, { person }),
  bookMeeting: (token, person) =>
    book(app, { token, input: { target: { agentId: alan.id }, startsAt: NINE, person } }),
}

/** The rows of docs/semantics.md, section 9: who the visitor was, whose e-mail it gives, and who it is then. */
const ROWS = [
  { visitor: 'anonymous', was: null, others: [], given: GRACE, becomes: 'a new person', people: 1 },
  { visitor: 'anonymous', was: null, others: [GRACE], given: GRACE, becomes: 'the known one', people: 1 },
  { visitor: 'known', was: GRACE, others: [], given: GRACE, becomes: 'the same', people: 1 },
  { visitor: 'known', was: GRACE, others: [ADA], given: ADA, becomes: 'the known one', people: 2 },
  { visitor: 'known', was: GRACE, others: [], given: ADA, becomes: 'a new person', people: 2 },
  { visitor: 'known', was: GRACE, others: [GRACE], given: GRACE, becomes: 'the same', people: 1 },
] as const

describe.each(Object.keys(WAYS))('a visitor who gives an e-mail with %s', (way) => {
  it.each(ROWS)('is $visitor ($was; others: $others), gives $given and becomes $becomes', async (row) => {
    const others = new Map<string, { token: string; id: string }>()
    for (const email of row.others) {
      const token = await createVisitor(app, acme, { email })
      others.set(email, { token, id: await personIdOf(app, token) })
    }
    const token = await createVisitor(app, acme, row.was === null ? undefined : { email: row.was })
    const before = await personIdOf(app, token)
    const conversation = await createConversation(app, { token })

    await WAYS[way]?.(token, { email: row.given.toUpperCase(), firstName: 'Updated' })

    const after = await personIdOf(app, token)
    expect(await personOf(app, token)).toMatchObject({ known: true, email: row.given, firstName: 'Updated' })
    const other = others.get(row.given)
    if (row.becomes === 'the same') expect(after).toBe(before)
    if (row.becomes === 'the known one') expect(after).toBe(other?.id)
    if (row.becomes === 'a new person') expect(after).not.toBe(before)
    expect(await people()).toBe(row.people)
    // Both browsers belong to the person.
    if (other) expect(await personIdOf(app, other.token)).toBe(after)
    // The history of an anonymous person moves with the visitor; that of a known person stays.
    expect(await personOfConversation(conversation)).toBe(row.was === null ? after : before)
  })
})

describe('startVisit', () => {
  it('binds the visitor to the person of the e-mail at once, and leaves no anonymous person behind', async () => {
    const first = await createVisitor(app, acme, { email: GRACE })
    const second = await createVisitor(app, acme, { email: GRACE })
    expect(await personIdOf(app, second)).toBe(await personIdOf(app, first))
    expect(await people()).toBe(1)
  })
})

describe('identifyVisitor', () => {
  it('keeps the details of an anonymous person, and adds to the known person those that are missing once the visitor is verified', async () => {
    const token = await createVisitor(app, acme)
    const before = await personIdOf(app, token)
    const person = { firstName: 'Grace', lastName: 'Hopper', attributes: { size: 1 } }
    expect(await identify(token, { person })).toMatchObject({ firstName: 'Grace' })
    expect(await personIdOf(app, token)).toBe(before)
    const known = await createVisitor(app, acme, { email: GRACE })
    await identify(known, { person: { firstName: 'Amazing' } })
    const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
    expect(await identify(token, { person: { email: GRACE }, identityHash })).toMatchObject({
      id: await personIdOf(app, known),
      firstName: 'Amazing',
      lastName: 'Hopper',
    })
    const { personId } = await visitorOf(app, token)
    const row = await database.person.findUniqueOrThrow({ where: { id: personId } })
    expect(row.attributes).toEqual({ size: 1 })
  })

  it('moves only what this visitor did while anonymous', async () => {
    const stranger = await createVisitor(app, acme)
    const strangers = await createConversation(app, { token: stranger })
    const token = await createVisitor(app, acme)
    await identify(token, { person: { email: GRACE } })
    const asGrace = await createConversation(app, { token })
    const grace = await personIdOf(app, token)
    await identify(token, { person: { email: ADA } })
    expect(await personOfConversation(asGrace)).toBe(grace)
    expect(await personOfConversation(strangers)).toBe(await personIdOf(app, stranger))
  })

  it('does not delete an anonymous person that another browser still uses', async () => {
    const token = await createVisitor(app, acme)
    const other = await createVisitor(app, acme)
    const shared = await visitorOf(app, token)
    await createConversation(app, { token })
    await database.visitor.update({
      where: { id: (await visitorOf(app, other)).id },
      data: { personId: shared.personId },
    })
    const theirs = await createConversation(app, { token: other })
    await identify(token, { person: { email: GRACE } })
    expect(await personIdOf(app, other)).toBe(personGlobalId(shared.personId))
    expect(await personOfConversation(theirs)).toBe(personGlobalId(shared.personId))
    expect((await personOf(app, token)).email).toBe(GRACE)
  })

  it('stays within the workspace: the same e-mail in another workspace is another person', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const elsewhere = await createVisitor(app, globex, { email: GRACE })
    const token = await createVisitor(app, acme)
    await identify(token, { person: { email: GRACE } })
    expect(await personIdOf(app, token)).not.toBe(await personIdOf(app, elsewhere))
  })

  it.each([
    [{ person: { email: 'nobody' } }, ['person', 'email']],
    [{ person: { firstName: 'a\nb' } }, ['person', 'firstName']],
    [{ person: { email: GRACE, attributes: { nul: '\0' } } }, ['person', 'attributes']],
  ])('names the field of %j', async (input, path) => {
    const token = await createVisitor(app, acme)
    expect(await identify(token, input)).toMatchObject({ issues: [{ path: ['input', ...path] }] })
    expect((await personOf(app, token)).known).toBe(false)
  })

  it('is for visitors only', async () => {
    const input = { person: { email: GRACE } }
    for (const token of [admin.token, alan.token, undefined]) {
      expect((await identify(token, input)).__typename).toBe('ForbiddenError')
    }
  })
})

describe('concurrent calls', () => {
  it('make one person of many browsers that give one e-mail', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => createVisitor(app, acme)))
    const conversations = await Promise.all(tokens.map((token) => createConversation(app, { token })))
    await Promise.all(tokens.map((token) => identify(token, { person: { email: GRACE } })))
    const ids = await Promise.all(tokens.map((token) => personIdOf(app, token)))
    expect(new Set(ids).size).toBe(1)
    for (const conversation of conversations) expect(await personOfConversation(conversation)).toBe(ids[0])
    expect(await people()).toBe(1)
  })

  it('leave one browser that gives several e-mails with one of them, and its history with one person', async () => {
    const token = await createVisitor(app, acme)
    const conversation = await createConversation(app, { token })
    const emails = Array.from({ length: 10 }, (_, number) => `visitor${number}@example.com`)
    const answers = await Promise.all(emails.map((email) => identify(token, { person: { email } })))
    expect(answers.map(({ email }) => email)).toEqual(emails)
    expect(emails).toContain((await personOf(app, token)).email)
    const made = await database.person.findMany({ where: { workspaceId: acme.workspaceId } })
    expect(made.map(({ id }) => personGlobalId(id))).toContain(await personOfConversation(conversation))
    expect(await people()).toBe(10)
  })

  it('let two browsers swap their e-mails', async () => {
    const first = await createVisitor(app, acme, { email: GRACE })
    const second = await createVisitor(app, acme, { email: ADA })
    for (let round = 0; round < 10; round++) {
      const [one, other] = round % 2 === 0 ? [ADA, GRACE] : [GRACE, ADA]
      const answers = await Promise.all([
        identify(first, { person: { email: one } }),
        identify(second, { person: { email: other } }),
      ])
      expect(answers.map(({ email }) => email)).toEqual([one, other])
    }
    expect(await people()).toBe(2)
    expect(app.faults).toEqual([])
  })

  it('answer a visitor who asks for the viewer while identifying', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => createVisitor(app, acme)))
    const asked = tokens.map((token) => personOf(app, token))
    const said = tokens.map((token) => identify(token, { person: { email: GRACE } }))
    for (const { id } of await Promise.all([...asked, ...said])) expect(id).toBeTruthy()
    expect(app.faults).toEqual([])
  })
})
