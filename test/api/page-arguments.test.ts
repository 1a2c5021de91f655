import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const UUID = '01970000-0000-7000-8000-000000000000'
const LISTS: Record<string, string> = {
  agents:
    'query ($a: String, $b: String, $f: Int, $l: Int) { agents(after: $a, before: $b, first: $f, last: $l) { nodes { id } } }',
  meetings:
    'query ($a: String, $b: String, $f: Int, $l: Int) { meetings(after: $a, before: $b, first: $f, last: $l) { nodes { id } } }',
  "an agent's meetings":
    'query ($a: String, $b: String, $f: Int, $l: Int) { agents { nodes { meetings(after: $a, before: $b, first: $f, last: $l) { nodes { id } } } } }',
}

const cursor = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
/** Of every list here. */
const PLACE = { name: 'Ada', startsAt: '2026-03-03T09:00:00.000Z', id: UUID }

const { app, admin } = useScene({ ada: anAgent, grace: anAgent }, { once: true })

afterAll(() => expect(app.faults).toEqual([]))

const ask = <Data>(query: string, variables: object) =>
  app.execute<Data>(query, { variables: { ...variables }, token: admin.token })

describe.each(Object.entries(LISTS))('the list of %s', (_what, query) => {
  it.each([
    ['empty', ''],
    ['made up', 'nonsense'],
    ['a global id', encodeGlobalID('Agent', UUID)],
    ['null', cursor(null)],
    ['a list', cursor([UUID])],
    ['an id alone', cursor({ id: UUID })],
    ['that of another list', cursor({ requestedAt: '2026-03-03T09:00:00.000Z', id: UUID })],
    ['one with an id that is none', cursor({ ...PLACE, id: 'Ada' })],
    ['one with a name with NUL', cursor({ name: '\0', id: UUID })],
    ['one with a name that is no text', cursor({ name: { not: '' }, id: UUID })],
    ['one with an instant that is none', cursor({ startsAt: '2026-02-30T09:00:00.000Z', id: UUID })],
    ['one with a number as instant', cursor({ startsAt: 1, id: UUID })],
    ['one with another column', cursor({ ...PLACE, workspaceId: UUID })],
    ['no JSON', Buffer.from('{').toString('base64url')],
  ])('refuses a cursor that is %s', async (_which, value) => {
    for (const [variables, name] of [
      [{ a: value }, 'after'],
      [{ b: value }, 'before'],
    ] as const) {
      const { errors } = await ask(query, variables)
      expect(errors?.map(({ extensions }) => extensions)).toEqual([
        {
          code: 'INVALID_INPUT',
          issues: [{ path: [name], code: 'INVALID_FORMAT', message: 'Must be a cursor of the list.' }],
        },
      ])
    }
  })

  it('refuses negative sizes and contradictory arguments, all at once', async () => {
    const { errors } = await ask(query, { f: -1, l: -2, a: 'x', b: 'x' })
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [
        { path: ['first'], code: 'OUT_OF_RANGE', limit: 0 },
        { path: ['last'] },
        { path: ['after'], message: 'Must be a cursor of the list.' },
        { path: ['before'], message: 'Must be a cursor of the list.' },
        { path: ['before'], code: 'CONFLICTING', message: 'Must not be given together with after.' },
        { path: ['before'], message: 'Must not be given together with first.' },
        { path: ['last'], message: 'Must not be given together with after.' },
        { path: ['last'], message: 'Must not be given together with first.' },
      ],
    })
    expect(errors).toHaveLength(1)
  })
})

it('a list continues after a cursor, and backwards before one', async () => {
  type Page = { agents: { nodes: { name: string }[]; pageInfo: { endCursor: string } } }
  const page = (rest: string) =>
    data(
      app.execute<Page>(`{ agents(${rest}) { nodes { name } pageInfo { endCursor } } }`, {
        token: admin.token,
      }),
    )
  const { agents: first } = await page('first: 1')
  const { agents: second } = await page(`first: 1, after: "${first.pageInfo.endCursor}"`)
  const { agents: back } = await page(`last: 1, before: "${second.pageInfo.endCursor}"`)
  expect(back.nodes).toEqual(first.nodes)
  expect([...first.nodes, ...second.nodes].map(({ name }) => name)).toEqual(['Ada Lovelace', 'Grace Hopper'])
})

it('names the filter when it has too many ids', async () => {
  const ids = Array.from({ length: 1001 }, () => admin.id)
  const { errors } = await ask(
    'query ($ids: [ID!]) { meetings(filter: { agentIds: $ids }) { nodes { id } } }',
    {
      ids,
    },
  )
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: ['filter', 'agentIds'], code: 'TOO_MANY', limit: 1000 }],
  })
})
