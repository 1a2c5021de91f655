import { describe, expect, it } from 'vitest'
import { createTestWorkspace } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { identifyVisitor } from '../kit/people.ts'
import { anAgent, aVisitor, useScene } from '../kit/scene.ts'

const GRACE = 'grace@navy.example'
const ADA = 'ada@engines.example'

const { app, acme, admin, alan, visitor, database } = useScene({ alan: anAgent, visitor: aVisitor })

describe('people', () => {
  const PEOPLE = `query ($first: Int, $after: String, $last: Int, $before: String, $search: String, $orderBy: PersonOrder) {
    people(first: $first, after: $after, last: $last, before: $before, search: $search, orderBy: $orderBy) {
      nodes { email firstSeenAt } pageInfo { hasNextPage startCursor endCursor }
    }
  }`
  interface Page {
    people: {
      nodes: { email: string | null }[]
      pageInfo: { hasNextPage: boolean; startCursor: string; endCursor: string }
    }
  }
  const list = async (variables: object = {}, token = admin.token) =>
    (await data<Page>(app.execute(PEOPLE, { variables: { ...variables }, token }))).people
  const emailsOf = ({ nodes }: Page['people']) => nodes.map(({ email }) => email)

  it('are listed newest first, page by page in both directions, anonymous ones included', async () => {
    for (const email of [GRACE, ADA]) {
      app.clock.advance(MINUTE)
      await createVisitor(app, acme, { email })
    }
    const first = await list({ first: 2 })
    expect(emailsOf(first)).toEqual([ADA, GRACE])
    expect(first.pageInfo.hasNextPage).toBe(true)
    const second = await list({ first: 2, after: first.pageInfo.endCursor })
    expect(emailsOf(second)).toEqual([null])
    const back = await list({ last: 1, before: second.pageInfo.startCursor })
    expect(emailsOf(back)).toEqual([GRACE])
  })

  it('are listed in the requested order, unknown people last, page by page in both directions', async () => {
    const people = [
      { email: 'c@b.example', firstName: 'Alan', lastName: 'Turing' },
      { email: 'b@b.example', firstName: 'Grace', lastName: 'Hopper' },
      { email: 'a@b.example', firstName: 'beth' },
      { email: 'd@b.example', lastName: 'Hopper' },
      { email: 'e@b.example' },
    ]
    for (const person of people) {
      app.clock.advance(MINUTE)
      await identifyVisitor(app, await createVisitor(app, acme), { person })
    }
    const pages = async (orderBy: string, size: number) => {
      const seen: unknown[] = []
      for (let after: string | null = null; seen.length < 6; ) {
        const page: Page['people'] = await list({ orderBy, first: size, after })
        seen.push(...emailsOf(page))
        after = page.pageInfo.endCursor
      }
      return seen
    }
    const byName = ['a@b.example', 'e@b.example', 'd@b.example', 'b@b.example', 'c@b.example', null]
    expect(emailsOf(await list({ orderBy: 'NAME_ASC' }))).toEqual(byName)
    for (const size of [1, 2, 4]) expect(await pages('NAME_ASC', size)).toEqual(byName)
    const back = await list({ orderBy: 'NAME_ASC', last: 2 })
    expect(emailsOf(back)).toEqual(['c@b.example', null])
    const before = await list({ orderBy: 'NAME_ASC', last: 3, before: back.pageInfo.startCursor })
    expect(emailsOf(before)).toEqual(['e@b.example', 'd@b.example', 'b@b.example'])
    const arrivals = [null, ...people.map(({ email }) => email)]
    expect(await pages('FIRST_SEEN_ASC', 4)).toEqual(arrivals)
    expect((await list({ orderBy: 'FIRST_SEEN_ASC' })).nodes[1]).toMatchObject({
      firstSeenAt: '2026-03-02T08:01:00.000Z',
    })
  })

  it('are each listed once when several came at the same instant', async () => {
    for (let number = 0; number < 4; number++)
      await createVisitor(app, acme, { email: `v${number}@b.example` })
    const seen: unknown[] = []
    for (let after: string | null = null; seen.length < 5; ) {
      const page: Page['people'] = await list({ first: 1, after })
      seen.push(...emailsOf(page))
      after = page.pageInfo.endCursor
    }
    expect(new Set(seen).size).toBe(5)
  })

  it('are found by words in the name, the e-mail or the company; wildcards are literal', async () => {
    const company = { name: '100% Engines' }
    const person = { email: ADA, firstName: 'Ada', lastName: 'Lovelace', company }
    await identifyVisitor(app, visitor.token, { person })
    await createVisitor(app, acme, { email: 'g_h@navy.example' })
    expect(emailsOf(await list({ search: 'LOVE ada' }))).toEqual([ADA])
    expect(emailsOf(await list({ search: 'ada hopper' }))).toEqual([])
    expect(emailsOf(await list({ search: '0% engines' }))).toEqual([ADA])
    expect(emailsOf(await list({ search: 'g_h' }))).toEqual(['g_h@navy.example'])
    expect(emailsOf(await list({ search: '_____' }))).toEqual([])
    expect(emailsOf(await list({ search: '  ' }))).toHaveLength(2)
    const variables = { search: 'a'.repeat(101) }
    const tooLong = await app.execute(PEOPLE, { variables, token: admin.token })
    expect(tooLong.errors?.[0]?.extensions).toMatchObject({ issues: [{ path: ['search'] }] })
  })

  it('need VIEW_ALL_CONVERSATIONS or MANAGE_ALL_MEETINGS', async () => {
    const codeFor = async (token: string) =>
      (await app.execute(PEOPLE, { token })).errors?.[0]?.extensions?.code
    for (const token of [alan.token, visitor.token]) expect(await codeFor(token)).toBe('FORBIDDEN')
    for (const permission of ['VIEW_ALL_CONVERSATIONS', 'MANAGE_ALL_MEETINGS']) {
      await database.$executeRaw`
        UPDATE "Role" SET "permissions" = ARRAY[${permission}]::"Permission"[]
        WHERE "workspaceId" = ${acme.workspaceId}::uuid AND "name" = 'Agent'`
      expect(await codeFor(alan.token)).toBeUndefined()
    }
  })

  it('are those of the viewer’s workspace', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await createVisitor(app, globex, { email: GRACE })
    expect(emailsOf(await list())).toEqual([null])
  })
})
