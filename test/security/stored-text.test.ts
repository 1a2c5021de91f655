// Text that Postgres cannot store, or that would overflow the stack. The answer names the field and is never an
// internal error.
import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { data } from '../kit/app.ts'
import { defining } from '../kit/attributes.ts'
import { book } from '../kit/booking.ts'
import { personIdOf } from '../kit/people.ts'
import { aVisitor, bookable, useScene } from '../kit/scene.ts'
import { NINE } from '../kit/times.ts'

const NUL = '\u0000'
const LONE_SURROGATES = ['\ud800', '\udc00', 'a\ud83d', '\ude80\ud83d']
/** Escape sequences as literal text, and complete characters. */
const HARMLESS = { escape: '\\\\ud800 \\u0000', rocket: 'Größe\n\t"🚀"\\' }

const { app, acme, admin, ada, visitor, mutate } = useScene(
  {
    ada: bookable(),
    visitor: aVisitor,
    attributes: defining({
      'PERSON.escape': 'TEXT',
      'PERSON.rocket': 'TEXT',
      'PERSON.a': 'TEXT',
      'COMPANY.a': 'TEXT',
    }),
  },
  { once: true },
)
const target = () => ({ agentId: ada.id })

afterAll(() => expect(app.faults).toEqual([]))

const startVisit = (input: object) =>
  mutate({
    mutation: 'startVisit',
    input: { publicKey: acme.publicKey, ...input },
    select: '... on Visit { token }',
  })

const pathsOf = ({ issues }: { issues?: { path: string[] }[] }) => issues?.map(({ path }) => path.join('.'))

describe('startVisit', () => {
  it('refuses control characters in the public key and in the page’s URL', async () => {
    for (const bad of [NUL, '\n', '\u0085', ...LONE_SURROGATES]) {
      expect(pathsOf(await startVisit({ publicKey: `${acme.publicKey}${bad}` }))).toEqual(['input.publicKey'])
      expect(pathsOf(await startVisit({ pageUrl: `https://acme.test/${bad}` }))).toEqual(['input.pageUrl'])
    }
    expect(pathsOf(await startVisit({ pageUrl: 'https://acme.test/\r\nx: y' }))).toEqual(['input.pageUrl'])
  })

  it.each([
    ['NUL in a value', { a: NUL }],
    ['NUL in a key', { [NUL]: 1 }],
    ...LONE_SURROGATES.map((half): [string, object] => ['a lone surrogate in a value', { a: half }]),
    ...LONE_SURROGATES.map((half): [string, object] => ['a lone surrogate in a key', { [half]: 1 }]),
    ['too many characters', { a: 'x'.repeat(10_000) }],
  ])('refuses attributes with %s', async (_what, attributes) => {
    expect(pathsOf(await startVisit({ person: { attributes } }))).toEqual(['input.person.attributes'])
    expect(pathsOf(await startVisit({ person: { company: { attributes } } }))).toEqual([
      'input.person.company.attributes',
    ])
  })

  it.each([
    ['an object', { a: { b: 'x' } }],
    ['a list', { a: ['x'] }],
    ['a number for a text', { a: 1 }],
    ['a bell', { a: '\u0007' }],
    ['a text over its limit', { a: 'x'.repeat(2001) }],
    ['an unknown name', { a: 'x', [`a`.repeat(9000)]: 1 }],
  ])('names the attribute with %s', async (_what, attributes) => {
    const name = Object.keys(attributes).at(-1)
    expect(pathsOf(await startVisit({ person: { attributes } }))).toEqual([`input.person.attributes.${name}`])
    expect(pathsOf(await startVisit({ person: { company: { attributes } } }))).toEqual([
      `input.person.company.attributes.${name}`,
    ])
  })

  it.each([4000, 50_000])('refuses attributes that are nested %i levels deep', async (depth) => {
    const attributes = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const query =
      'mutation ($input: StartVisitInput!) { startVisit(input: $input) { ... on InvalidInputError { issues { path } } } }'
    const answer = await app.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"query":${JSON.stringify(query)},"variables":{"input":{"publicKey":"${acme.publicKey}","person":{"attributes":${attributes}}}}}`,
    })
    expect(await answer.json()).toEqual({
      data: { startVisit: { issues: [{ path: ['input', 'person', 'attributes', 'a'] }] } },
    })
  })

  it.each([
    ['text that looks like an escape', HARMLESS],
    ['no fields', {}],
  ])('stores attributes with %s unchanged', async (_what, attributes) => {
    const visit = await startVisit({ person: { email: `${randomUUID()}@navy.example`, attributes } })
    expect(visit.__typename).toBe('Visit')
    const person = await data(
      app.execute<{ node: { attributes: unknown } }>(
        'query ($id: ID!) { node(id: $id) { ... on Person { attributes } } }',
        { variables: { id: await personIdOf(app, String(visit.token)) }, token: admin.token },
      ),
    )
    expect(person.node.attributes).toEqual(attributes)
  })
})

describe('bookMeeting', () => {
  it.each([
    ['idempotencyKey', { idempotencyKey: `k${NUL}` }],
    ['idempotencyKey', { idempotencyKey: 'k\n' }],
    ['idempotencyKey', { idempotencyKey: 'k\ud800' }],
    ['pageUrl', { pageUrl: `https://acme.test/${NUL}` }],
    ['pageUrl', { pageUrl: 'https://acme.test/\r\n' }],
    ['agenda', { agenda: 'a\udc00' }],
    ['person.firstName', { person: { firstName: '\ud83d' } }],
    ['person.attributes', { person: { attributes: { a: NUL } } }],
  ])('refuses text that cannot be stored in %s', async (path, wrong) => {
    const refusal = await book(app, {
      token: visitor.token,
      input: { target: target(), startsAt: NINE, ...wrong },
    })
    expect(pathsOf(refusal)).toEqual([`input.${path}`])
  })
})

describe('an instant', () => {
  const ask = (from: string) =>
    app.execute(
      'query ($target: RoutingTargetInput!, $from: DateTime!, $to: DateTime!) { slots(target: $target, from: $from, to: $to, timeZone: "UTC") { nextAvailable } }',
      { variables: { target: target(), from, to: '2026-12-03T00:00:00Z' }, token: visitor.token },
    )

  it.each([
    '09:00Z',
    'T09:00:00Z',
    '2026-W49-1T09:00Z',
    '2026-W49-1T09:00:00Z',
    '2026-335T09:00Z',
    '2026-335T09:00:00Z',
    '20261201T0900Z',
    '20261201T090000Z',
    '2026-12-01Z',
    '2026-12-01T09Z',
    '2026-12-01T09:00Z',
    '2026-12-01T09:00:00',
    '2026-12-01T09:00:00+01',
    '2026-12-01T09:00:00+0100',
    '2026-12-01T09:00:00+99:99',
    '2026-12-01T09:00:00+24:00',
    '2026-12-01T09:00:00+01:60',
    '2026-12-01T24:00:00Z',
    '2026-12-01T09:60:00Z',
    '2026-12-01T09:00:60Z',
    '2026-12-01T09:00:00.Z',
    '2026-12-01 09:00:00Z',
    '2026-12-01T09:00:00Z\n',
    ' 2026-12-01T09:00:00Z',
    '2026-02-29T09:00:00Z',
    '+002026-12-01T09:00:00Z',
    '-2026-12-01T09:00:00Z',
  ])('is not %j', async (from) => {
    const { errors } = await ask(from)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['from'] }] })
  })

  it.each([
    '2026-12-01T09:00:00Z',
    '2026-12-01t09:00:00z',
    '2026-12-01T09:00:00.123456789Z',
    '2026-12-01T09:00:00-23:59',
    '2026-12-01T23:59:59+00:00',
    '2028-02-29T09:00:00Z',
  ])('may be %j, with any offset', async (from) => {
    const { errors } = await ask(from)
    expect(errors?.map(({ extensions }) => extensions?.issues) ?? []).toEqual(
      from.startsWith('2028')
        ? [[{ path: ['to'], code: 'CONFLICTING', message: 'Must be after from.' }]]
        : [],
    )
  })
})
