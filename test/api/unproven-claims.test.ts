// What a visitor says of itself without a proof changes nobody else's data, and tells the visitor nothing about anybody.
import { beforeEach, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, createVisitor } from '../kit/booking.ts'
import { chat, readChat, say, startActiveChat } from '../kit/chat.ts'
import { CLAIM, createGrace, EVE, GRACE, PERSON, readNode, SEEN, visit as startVisit } from '../kit/claims.ts'
import {
  hashWith,
  identifyVisitor,
  identitySecretOf,
  personGlobalId,
  personOf,
  visitorOf,
} from '../kit/people.ts'
import { bookable, forChat, useScene } from '../kit/scene.ts'
import { at, NINE } from '../kit/times.ts'

const { app, acme, admin, ada, alan, database, mutate } = useScene({ ada: forChat, alan: bookable() })

let graceId: string

beforeEach(async () => {
  graceId = await createGrace(app, acme)
})

const graceNow = () => database.person.findUniqueOrThrow({ where: { id: graceId } })
const visit = (person: object) => startVisit(app, acme, person)
const bookAs = (token: string, input: object) =>
  book(app, { token, input: { target: { agentId: alan.id }, person: null, ...input } })
const read = <Node>(token: string, id: string, select: string) => readNode<Node>(app, token, { id, select })

describe('the claim to be somebody who is known', () => {
  const WAYS: Record<string, () => Promise<string>> = {
    startVisit: async () => (await visit(CLAIM)).token,
    identifyVisitor: async () => {
      const { token } = await visit({ firstName: 'Anna', jobTitle: 'Clerk' })
      await identifyVisitor(app, token, { person: CLAIM })
      return token
    },
    bookMeeting: async () => {
      const { token } = await visit({})
      expect(await bookAs(token, { startsAt: NINE, person: CLAIM })).toMatchObject({ status: 'SCHEDULED' })
      return token
    },
  }

  it.each(Object.keys(WAYS))('by %s changes nothing of the person', async (way) => {
    const before = await graceNow()
    const token = (await WAYS[way]?.()) ?? ''
    expect(await graceNow()).toEqual(before)
    expect((await visitorOf(app, token)).personId).toBe(graceId)
  })

  it.each(Object.keys(WAYS))('by %s lets the visitor read what it said, and nothing else', async (way) => {
    const token = (await WAYS[way]?.()) ?? ''
    expect(await personOf(app, token)).toMatchObject(SEEN)
  })

  it('fills no gap of the person', async () => {
    await database.person.update({ where: { id: graceId }, data: { firstName: null, attributes: {} } })
    const before = await graceNow()
    const { token } = await visit({ firstName: 'Eve', attributes: { plan: 'none' } })
    await identifyVisitor(app, token, { person: { email: GRACE } })
    expect(await graceNow()).toEqual(before)
  })

  it('answers with what was said when nothing but the e-mail was', async () => {
    const { person } = await visit({ email: GRACE })
    expect(person).toMatchObject({ known: true, email: GRACE, firstName: null, lastName: null })
  })
})

describe('whether an address is known', () => {
  it('does not show in ids: each visit has one of its own', async () => {
    const [known, again, unknown] = [
      await visit({ email: GRACE }),
      await visit({ email: GRACE }),
      await visit({ email: EVE }),
    ]
    const ids = [known, again, unknown].map(({ person }) => person.id)
    expect(new Set(ids).size).toBe(3)
    expect(ids).not.toContain(personGlobalId(graceId))
    expect((await personOf(app, known.token)).id).toBe(known.person.id)
  })

  it('does not show in the id of a visitor who says it later', async () => {
    const { token, person } = await visit({})
    expect(await identifyVisitor(app, token, { person: { email: GRACE } })).toMatchObject({ id: person.id })
    expect(await identifyVisitor(app, token, { person: { email: EVE } })).toMatchObject({ id: person.id })
  })

  it('does not show by the id of the person', async () => {
    const { token, person } = await visit({ email: GRACE })
    expect(await read(token, personGlobalId(graceId), 'id')).toBeNull()
    expect(await read(token, person.id, `... on Person { ${PERSON} }`)).toEqual(person)
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    const ids = [person.id, personGlobalId(graceId)]
    expect(await data(app.execute(query, { token, variables: { ids } }))).toEqual({
      nodes: [{ id: person.id }, null],
    })
    expect(await read(await createVisitor(app, acme), person.id, 'id')).toBeNull()
  })

  it('does not show in lists that search for what staff knows', async () => {
    const { token } = await visit({ email: GRACE })
    await bookAs(token, { startsAt: NINE })
    await startActiveChat(app, acme, { agent: ada, visitor: { token } })
    const count = async (filter: object) => {
      const query = `query ($meetings: MeetingFilter, $chats: ConversationFilter) {
        meetings(filter: $meetings) { nodes { id } } conversations(filter: $chats) { nodes { id } } }`
      const variables = { meetings: filter, chats: 'search' in filter ? filter : {} }
      const { meetings, conversations } = await data<Record<string, { nodes: object[] }>>(
        app.execute(query, { token, variables }),
      )
      return [meetings?.nodes.length, conversations?.nodes.length]
    }
    expect(await count({})).toEqual([1, 1])
    for (const search of ['Hopper', 'Grace H', 'Hop']) expect(await count({ search })).toEqual([0, 0])
    await database.person.update({ where: { id: graceId }, data: { email: 'g@navy.example' } })
    expect((await count({ personEmail: 'g@navy.example' }))[0]).toBe(0)
    expect((await count({ personId: personGlobalId(graceId) }))[0]).toBe(0)
    expect((await count({ personId: (await personOf(app, token)).id }))[0]).toBe(1)
  })
})

it('a chat names its visitor as the visitor does, also in the transcript', async () => {
  const { token, person } = await visit(CLAIM)
  const id = await startActiveChat(app, acme, { agent: ada, visitor: { token } })
  await say(app, token, { conversationId: id, text: 'Hello' })
  await chat(app, { mutation: 'endChat', token, input: { conversationId: id } })
  const seen = await readChat(app, token, id, `person { ${PERSON} } transcript`)
  expect(seen).toMatchObject({ person, transcript: expect.stringContaining('Eve Smith:\nHello') })
  expect(seen?.transcript).not.toContain('Hopper')
  const forStaff = await readChat(app, admin.token, id, 'verified person { lastName } claimed { lastName }')
  expect(forStaff).toMatchObject({
    verified: false,
    person: { lastName: 'Hopper' },
    claimed: { lastName: 'Smith' },
  })
})

describe('a person who is new', () => {
  const NEW = { ...CLAIM, email: EVE }
  const personOfEve = () =>
    database.person.findFirstOrThrow({ where: { workspaceId: acme.workspaceId, email: EVE } })

  it('is made of the claim, and of what the visitor said before', async () => {
    const { token } = await visit({ jobTitle: 'Thief', attributes: { plan: 'none' } })
    await identifyVisitor(app, token, { person: { email: EVE, firstName: 'Eve' } })
    expect(await personOfEve()).toMatchObject({
      firstName: 'Eve',
      jobTitle: 'Thief',
      attributes: { plan: 'none' },
    })
  })

  it('follows what its visitor says in the same visit, and nothing that others claim', async () => {
    const { token } = await visit(NEW)
    await identifyVisitor(app, token, { person: { firstName: 'Eva' } })
    await visit({ email: EVE, firstName: 'Mallory' })
    expect(await personOfEve()).toMatchObject({ firstName: 'Eva', lastName: 'Smith' })
  })

  it.each([
    [
      'staff changed it',
      async () => {
        const { id } = await personOfEve()
        const input = { personId: personGlobalId(id), person: { firstName: 'Evelyn' } }
        await mutate({ mutation: 'updatePerson', token: admin.token, input, select: '' })
      },
    ],
    [
      'the website vouched for it in another browser',
      async () => {
        const { token } = await visit({})
        const identityHash = hashWith(await identitySecretOf(app, acme), EVE)
        await identifyVisitor(app, token, { person: { email: EVE, firstName: 'Evelyn' }, identityHash })
      },
    ],
  ])('follows its visitor no longer once %s', async (_what, change) => {
    const { token } = await visit(NEW)
    await change()
    await identifyVisitor(app, token, { person: { firstName: 'Eva', phone: '+49 30 1234' } })
    expect(await personOfEve()).toMatchObject({ firstName: 'Evelyn', phone: CLAIM.phone })
    expect(await personOf(app, token)).toMatchObject({ firstName: 'Eva' })
  })
})

it('a verified visitor reads the person itself, and changes it', async () => {
  const { token } = await visit({ firstName: 'Eve' })
  const identityHash = hashWith(await identitySecretOf(app, acme), GRACE)
  const input = { person: { email: GRACE, lastName: 'Murray' }, identityHash }
  expect(await identifyVisitor(app, token, input)).toMatchObject({
    id: personGlobalId(graceId),
    firstName: 'Grace',
    lastName: 'Murray',
  })
  expect(await graceNow()).toMatchObject({ firstName: 'Grace', lastName: 'Murray' })
  const { id, subject } = await bookAs(token, { startsAt: at('11:00') })
  expect(subject).toContain('Grace Murray')
  expect(await read(admin.token, id, '... on Meeting { verified claimed { email } }')).toEqual({
    verified: true,
    claimed: null,
  })
})
