import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { data, START, startApp, type TestApp } from '../kit/app.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { DAY } from '../kit/clock.ts'

let app: TestApp
let acme: TestWorkspace
beforeAll(async () => {
  app = await startApp()
  acme = await createTestWorkspace(app)
})
afterAll(() => app.stop())

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
    app.clock.set(START)
  })
})

describe('who a visitor is', () => {
  it('is decided by the e-mail: the same address in two browsers is one person', async () => {
    const first = await startVisit({ publicKey: acme.publicKey, person: { email: 'Ada@example.com' } })
    const second = await startVisit({ publicKey: acme.publicKey, person: { email: 'ada@EXAMPLE.com' } })
    expect(first.person).toMatchObject({ known: true, email: 'ada@example.com' })
    expect(second.person.id).toBe(first.person.id)
  })

  it('moves an anonymous or known visitor to the person of the address it books with', async () => {
    const agent = await createBookableAgent(app, acme)
    const { person: known } = await startVisit({
      publicKey: acme.publicKey,
      person: { email: 'b@example.com' },
    })
    const token = await createVisitor(app, acme, { email: 'a@example.com' })
    const bookAs = (email: string, startsAt: string) =>
      book(app, { token, input: { target: { agentId: agent.id }, startsAt, person: { email } } })
    await bookAs('b@example.com', '2026-03-03T09:00:00Z')
    expect(await viewerOf(token)).toMatchObject({ id: known.id, email: 'b@example.com' })
    await bookAs('new@example.com', '2026-03-03T10:00:00Z')
    expect(await viewerOf(token)).toMatchObject({ email: 'new@example.com' })
  })

  it('shows a visitor nothing of the person but what is theirs to see', async () => {
    await startVisit({ publicKey: acme.publicKey, person: { email: 'c@example.com', phone: '+49 30 1234' } })
    const { token } = await startVisit({ publicKey: acme.publicKey, person: { email: 'c@example.com' } })
    const { errors } = await app.execute('{ viewer { ... on Person { email phone } } }', { token })
    expect(errors?.[0]).toMatchObject({ path: ['viewer', 'phone'], extensions: { code: 'FORBIDDEN' } })
  })

  it('keeps no anonymous person that nobody is any more', async () => {
    const { person } = await startVisit({ publicKey: acme.publicKey, person: { email: 'd@example.com' } })
    const { database } = app.app.services
    const anonymous = await database.person.count({ where: { email: null, visitors: { none: {} } } })
    expect(person.known).toBe(true)
    expect(anonymous).toBe(0)
  })
})
