import { describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'
import { personIdOf } from '../kit/people.ts'
import { useScene } from '../kit/scene.ts'
import { NINE, TEN } from '../kit/times.ts'

const { app, acme, database } = useScene({})

interface Visit {
  __typename: string
  token: string
  person: { id: string; known: boolean; email: string | null }
}

async function startVisit(input: object, headers: Record<string, string> = {}): Promise<Visit> {
  const query = `mutation ($input: StartVisitInput!) { startVisit(input: $input) {
    __typename ... on Visit { token expiresAt person { id known email } } ... on Error { message } } }`
  return (await data<{ startVisit: Visit }>(app.execute(query, { variables: { input }, headers }))).startVisit
}

const VIEWER = '{ viewer { __typename ... on Person { id known email } ... on Agent { id name } } }'
const viewerOf = async (token: string) =>
  (
    await data<{ viewer: { __typename: string; id: string; email: string | null } }>(
      app.execute(VIEWER, { token }),
    )
  ).viewer

describe('startVisit', () => {
  it('gives an anonymous visitor a token and a person', async () => {
    const { token, person } = await startVisit({ publicKey: acme.publicKey })
    expect(person).toMatchObject({ known: false, email: null })
    expect(await viewerOf(token)).toMatchObject({ __typename: 'Person', id: person.id })
  })

  it('refuses an unknown key and a browser of another website', async () => {
    expect((await startVisit({ publicKey: 'pk_unknown' })).__typename).toBe('NotFoundError')
    const { publicKey } = acme
    const evil = await startVisit({ publicKey }, { origin: 'https://evil.example' })
    expect(evil.__typename).toBe('ForbiddenError')
    const own = await startVisit({ publicKey }, { origin: 'https://www.acme.test' })
    expect(own.__typename).toBe('Visit')
  })

  it('ends after 30 days', async () => {
    const { token } = await startVisit({ publicKey: acme.publicKey })
    app.clock.advance(30 * DAY)
    const { errors } = await app.execute(VIEWER, { token })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('who a visitor is', () => {
  it('depends on the e-mail: the same e-mail in two browsers is one person', async () => {
    const first = await startVisit({ publicKey: acme.publicKey, person: { email: 'Ada@example.com' } })
    const second = await startVisit({ publicKey: acme.publicKey, person: { email: 'ada@EXAMPLE.com' } })
    expect(first.person).toMatchObject({ known: true, email: 'ada@example.com' })
    expect(await personIdOf(app, second.token)).toBe(await personIdOf(app, first.token))
  })

  it('changes to the person of the e-mail that an anonymous or known visitor books with', async () => {
    const agent = await createBookableAgent(app, acme)
    const known = await createVisitor(app, acme, { email: 'b@example.com' })
    const token = await createVisitor(app, acme, { email: 'a@example.com' })
    const bookAs = (email: string, startsAt: string) =>
      book(app, { token, input: { target: { agentId: agent.id }, startsAt, person: { email } } })
    await bookAs('b@example.com', NINE)
    expect(await viewerOf(token)).toMatchObject({ email: 'b@example.com' })
    expect(await personIdOf(app, token)).toBe(await personIdOf(app, known))
    await bookAs('new@example.com', TEN)
    expect(await viewerOf(token)).toMatchObject({ email: 'new@example.com' })
  })

  it('does not let a visitor read the person’s phone', async () => {
    await startVisit({ publicKey: acme.publicKey, person: { email: 'c@example.com', phone: '+49 30 1234' } })
    const { token } = await startVisit({ publicKey: acme.publicKey, person: { email: 'c@example.com' } })
    const { errors } = await app.execute('{ viewer { ... on Person { email phone } } }', { token })
    expect(errors?.[0]).toMatchObject({ path: ['viewer', 'phone'], extensions: { code: 'FORBIDDEN' } })
  })

  it('leaves no anonymous person without visitors', async () => {
    const { person } = await startVisit({ publicKey: acme.publicKey, person: { email: 'd@example.com' } })
    const anonymous = await database.person.count({ where: { email: null, visitors: { none: {} } } })
    expect(person.known).toBe(true)
    expect(anonymous).toBe(0)
  })
})
