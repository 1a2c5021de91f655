// Harmful HTTP requests. Every limit answers immediately, with a code that clients can handle.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { type GraphQLInputObjectType, getIntrospectionQuery, getNamedType, isInputObjectType } from 'graphql'
import { validate, version } from 'uuid'
import { describe, expect, it, vi } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { startAppForTest } from '../kit/app.ts'
import { post, refusal } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'
import { startOverHttp } from '../kit/server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const { app, acme, admin } = useScene({}, { once: true, start: startOverHttp })

/** Posts as the administrator. */
const postAdmin = (body: string | object) => post(app, { body, token: admin.token })
const nested = (depth: number) => '{ a '.repeat(depth) + '}'.repeat(depth)

describe('a query that costs too much', () => {
  const code = (query: string) => refusal(postAdmin({ query }))

  it('is refused as a batch', async () => {
    expect(await refusal(postAdmin([{ query: '{ __typename }' }]))).toMatchObject({ status: 400 })
  })

  it('is refused before parsing when it has too many tokens', async () => {
    for (const query of [
      nested(1000),
      nested(3000),
      `{ ${Array.from({ length: 5000 }, (_, n) => `a${n}: __typename`).join(' ')} }`,
      `{ ${'a '.repeat(20_000)} }`,
      `{ ${'agents { edges { cursor } } '.repeat(600)} }`,
      `{ __typename ${'@skip(if: false) '.repeat(3000)} }`,
    ]) {
      expect(await code(query)).toMatchObject({ status: 400, code: 'QUERY_TOO_LONG' })
    }
  })

  it('is refused when it is nested too deeply, also through fragments', async () => {
    const fragments = Array.from({ length: 20 }, (_, n) => `fragment F${n} on Query { a { ...F${n + 1} } }`)
    expect(await code(nested(13))).toMatchObject({ status: 400, code: 'QUERY_TOO_DEEP' })
    expect(await code(`{ ...F0 } ${fragments.join(' ')} fragment F20 on Query { b }`)).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_DEEP',
    })
  })

  it('is measured without expanding fragments that double each other', async () => {
    const fragments = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on Query { a { ...F${n + 1} } b { ...F${n + 1} } }`,
    )
    const bomb = `{ ...F0 } ${fragments.join(' ')} fragment F60 on Query { c }`
    expect(await code(bomb)).toMatchObject({ status: 400, code: 'QUERY_TOO_DEEP' })
  })

  it('is refused when a fragment includes itself', async () => {
    const circle = '{ ...A } fragment A on Query { ...B } fragment B on Query { viewer { ...A } }'
    expect(await code(circle)).toMatchObject({ status: 400, code: 'QUERY_TOO_DEEP' })
  })

  it('is refused when it has more than 30 aliases', async () => {
    const aliased = (count: number) =>
      `{ ${Array.from({ length: count }, (_, n) => `a${n}: __typename`).join(' ')} }`
    expect(await code(aliased(31))).toMatchObject({ status: 400, code: 'QUERY_TOO_MANY_ALIASES' })
    expect((await postAdmin({ query: aliased(30) })).status).toBe(200)
  })

  it('is refused when it has more than 50 directives', async () => {
    expect(await code(`{ __typename ${'@include(if: true) '.repeat(51)} }`)).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_MANY_DIRECTIVES',
    })
  })

  it('is not the deep introspection query of GraphiQL', async () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true })
    expect(await app.execute(query)).toMatchObject({ data: { __schema: { queryType: { name: 'Query' } } } })
  })

  it('multiplies the sizes of nested pages, including those in variables, each at least one', async () => {
    const query = `query ($n: Int) { meetings(first: $n) { edges { node {
      agent { meetings(first: $n) { edges { node { id startsAt endsAt subject } } } } } } } }`
    for (const n of [1_000_000, 100]) {
      const answer = refusal(postAdmin({ query, variables: { n } }))
      expect(await answer).toMatchObject({ status: 400, code: 'QUERY_TOO_COSTLY' })
    }
    expect(await code(query.replace('query ($n: Int)', '').replaceAll('$n', '1000000'))).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_COSTLY',
    })
    const negative = await app.execute(query, { variables: { n: -1_000_000 }, token: admin.token })
    expect(negative.errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'INVALID_INPUT', issues: [{ path: ['first'], message: 'Must not be negative.' }] },
    ])
    const ids = Array.from({ length: 100 }, () => 'a')
    const nodes =
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Agent { meetings(first: 100) { nodes { id } } } } }'
    expect(await refusal(postAdmin({ query: nodes, variables: { ids } }))).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_COSTLY',
    })
    expect(app.faults).toEqual([])
  })

  it('cannot nest filters or orders: no input is part of itself', async () => {
    const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType)
    expect(inputs.length).toBeGreaterThan(40)
    const partsOf = (input: GraphQLInputObjectType) =>
      Object.values(input.getFields())
        .map(({ type }) => getNamedType(type))
        .filter(isInputObjectType)
    for (const input of inputs) {
      const within = new Set(partsOf(input))
      // A set goes on to what is added while it is walked.
      for (const part of within) for (const deeper of partsOf(part)) within.add(deeper)
      expect([...within], input.name).not.toContain(input)
    }
    const filter = { OR: [{ search: 'a' }] }
    const query = 'query ($filter: MeetingFilter) { meetings(filter: $filter) { totalCount } }'
    expect(await refusal(postAdmin({ query, variables: { filter } }))).toMatchObject({ status: 400 })
  })

  it('is measured against the configured limits', async () => {
    const limits = { maxBodyBytes: 2000, maxTokens: 40, maxDepth: 2, maxAliases: 1, maxCost: 3 }
    const strict = await startAppForTest({ limits })
    const codeOf = async (body: object) => (await refusal(post(strict, { body }))).code
    expect(await codeOf({ query: '{ a }', variables: { a: 'x'.repeat(2000) } })).toBe('BODY_TOO_LARGE')
    expect(await codeOf({ query: `{ ${'__typename '.repeat(41)} }` })).toBe('QUERY_TOO_LONG')
    expect(await codeOf({ query: nested(3) })).toBe('QUERY_TOO_DEEP')
    expect(await codeOf({ query: '{ a: __typename b: __typename }' })).toBe('QUERY_TOO_MANY_ALIASES')
    const query = '{ nodes(ids: ["a", "b", "c", "d"]) { id } }'
    expect(await codeOf({ query })).toBe('QUERY_TOO_COSTLY')
  })
})

describe('a request', () => {
  it('is refused while it is received when it exceeds the limit, with or without a Content-Length', async () => {
    const text = JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(20 * 1024 * 1024) } })
    const send = (body: BodyInit) =>
      app.fetch('/graphql', { method: 'POST', headers: JSON_TYPE, body, duplex: 'half' } as RequestInit)
    for (const body of [text, new Blob([text]).stream()]) {
      expect(await refusal(send(body))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
    }
  })

  it('cannot pollute prototypes through its variables', async () => {
    const body = `{"query":"{ __typename }","variables":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`
    expect((await postAdmin(body)).status).toBe(200)
    expect('polluted' in {}).toBe(false)
  })

  it('is refused with a property that GraphQL over HTTP does not define', async () => {
    expect(await refusal(postAdmin({ query: '{ __typename }', more: 1 }))).toMatchObject({ status: 400 })
  })

  it('is refused with malformed JSON, in the body or in the query string', async () => {
    expect(await refusal(postAdmin('{"query":'))).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    const inQueryString = app.fetch('/graphql?query={__typename}&variables={bad')
    expect(await refusal(inQueryString)).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
    expect(app.faults).toEqual([])
  })

  it('with an invalid token is answered with 401, whatever it asks', async () => {
    for (const authorization of ['Bearer sbd_made.up', 'Bearer sbv_unknown', 'Basic abc', 'Bearer a b', '']) {
      const answer = post(app, { body: { query: '{ __typename }' }, headers: { authorization } })
      expect(await refusal(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
  })
})

describe('an answer', () => {
  it('suggests names only while introspection is on', async () => {
    const hidden = await startAppForTest({ introspection: false, graphiql: false })
    const misspelt = '{ nodez(ids: []) { id } }'
    expect((await app.execute(misspelt)).errors?.[0]?.message).toMatch(/Did you mean/)
    expect((await hidden.execute(misspelt)).errors?.[0]?.message).toBe(
      'Cannot query field "nodez" on type "Query".',
    )
    const query = 'query ($kind: RoutingKind!) { routingQueue(kind: $kind) { kind } }'
    const wrongValue = await hidden.execute(query, { variables: { kind: 'MEETIN' }, token: admin.token })
    expect(wrongValue.errors?.[0]?.message).not.toMatch(/Did you mean|MEETING/)
    expect((await hidden.execute('{ __schema { queryType { name } } }')).data).toBeUndefined()
    expect((await hidden.execute('{ __type(name: "Query") { name } }')).data).toBeUndefined()
    const page = await hidden.fetch('/graphql', { headers: { accept: 'text/html,*/*' } })
    expect(page.headers.get('content-type')).toMatch(/json/)
    expect((await hidden.fetch('/assets/graphiql.js')).status).toBe(404)
  })

  it('has only a request id for an internal error, which is logged once', async () => {
    const broken = await startAppForTest()
    const { publicKey } = await createTestWorkspace(broken)
    const fault = new Error('connect failed: postgres://switchboard:hunter2@db.internal')
    broken.app.services.clock = {
      ...broken.clock,
      now: () => {
        throw fault
      },
    }
    const query = `mutation { startVisit(input: { publicKey: "${publicKey}" }) { __typename } }`
    for (const accept of ['application/json', 'application/graphql-response+json', 'text/event-stream']) {
      broken.faults.length = 0
      const answer = await post(broken, { body: { query }, headers: { accept } })
      const text = await answer.text()
      expect(text).toMatch(/INTERNAL_SERVER_ERROR.*requestId/)
      expect(text).not.toMatch(/postgres|hunter2|unexpected/)
      expect(broken.faults).toEqual([fault])
    }
  })

  it('has status 500 when authentication itself fails', async () => {
    const broken = await startAppForTest()
    vi.spyOn(broken.app, 'authenticate').mockRejectedValue(new Error('no connection'))
    const answer = post(broken, { body: { query: '{ __typename }' } })
    expect(await refusal(answer)).toEqual({ status: 500, code: 'INTERNAL_SERVER_ERROR' })
  })

  it('is null for an id that is made up, of another type, or malformed', async () => {
    const agent = await createTestAgent(app, acme)
    for (const id of [
      encodeGlobalID('Agent', '01970000-0000-7000-8000-000000000000'),
      encodeGlobalID('Agent', '1'),
      encodeGlobalID('Role', agent.agentId),
      encodeGlobalID('Nonsense', agent.agentId),
      agent.agentId,
      'nonsense',
      '',
    ]) {
      const answer = await app.execute('query ($id: ID!) { node(id: $id) { id } }', {
        variables: { id },
        token: admin.token,
      })
      expect(answer).toEqual({ data: { node: null } })
    }
  })

  it('has UUIDs as ids, which cannot be guessed from each other', async () => {
    const agent = await createTestAgent(app, acme, 'Grace Hopper')
    const [, uuid = ''] = Buffer.from(agent.id, 'base64').toString().split(':')
    expect(validate(uuid)).toBe(true)
    expect(version(uuid)).toBe(7)
  })
})
