// Errors outside of result unions, as docs/errors.md promises them: each with a code, and with the status of its row.
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { startAppForTest } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { post } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'

const MEDIA_TYPES = ['application/graphql-response+json', 'application/json']
const EXPLAIN =
  'query ($target: RoutingTargetInput!) { explainRouting(kind: MEETING, target: $target) { agent { id } } }'
const LISTS = `query ($first: Int, $filter: MeetingFilter, $id: ID!) {
  meetings(first: $first, filter: $filter) { nodes { id } } node(id: $id) { id } }`

const { acme, ada, admin, app } = useScene({ ada: createTestAgent }, { once: true })

afterAll(() => expect(app.faults).toEqual([]))

/** @returns the status for each media type that a client may accept, and the codes of the errors */
async function ask(body: object) {
  const answers = await Promise.all(
    MEDIA_TYPES.map((accept) => post(app, { body, token: admin.token, headers: { accept } })),
  )
  const contents = await Promise.all(answers.map((answer) => answer.json()))
  const [codes, ...others] = contents.map(({ errors }) =>
    errors.map(({ extensions }: { extensions?: { code?: string } }) => extensions?.code),
  )
  for (const other of others) expect(other).toEqual(codes)
  return { codes, statuses: answers.map(({ status }) => status), content: contents[0] }
}

describe('variables of the wrong type', () => {
  it.each([
    ['missing', { query: LISTS, variables: {} }, 1],
    ['a text for a number', { query: LISTS, variables: { id: 'a', first: 'x' } }, 1],
    ['a fraction for a whole number', { query: LISTS, variables: { id: 'a', first: 1.5 } }, 1],
    ['too large a number', { query: LISTS, variables: { id: 'a', first: 2 ** 40 } }, 1],
    ['a number for a time', { query: LISTS, variables: { id: 'a', filter: { from: 5 } } }, 1],
    ['an unknown field', { query: LISTS, variables: { id: 'a', filter: { nope: 1 } } }, 1],
    ['several faults', { query: LISTS, variables: { first: 'x', filter: { from: 5 } } }, 3],
    ['two targets', { query: EXPLAIN, variables: { target: { agentId: 'a', roundRobin: true } } }, 1],
    ['no target', { query: EXPLAIN, variables: { target: { agentId: null } } }, 1],
  ])('are refused before execution: %s', async (_what, body, faults) => {
    const { codes, statuses } = await ask(body)
    expect(codes).toEqual(Array.from({ length: faults }, () => 'BAD_USER_INPUT'))
    expect(statuses).toEqual([400, 400])
  })

  it('are refused at their field when they are only a part of an argument', async () => {
    const query = EXPLAIN.replace('$target: RoutingTargetInput!', '$id: ID').replace(
      'target: $target',
      'target: { agentId: $id }',
    )
    const { codes, statuses, content } = await ask({ query, variables: { id: null } })
    expect(codes).toEqual(['BAD_USER_INPUT'])
    expect(statuses).toEqual([200, 200])
    expect(content).toMatchObject({ data: { explainRouting: null }, errors: [{ path: ['explainRouting'] }] })
  })
})

describe('a document', () => {
  it.each([
    ['with a syntax error', { query: '{ agents' }, 'GRAPHQL_PARSE_FAILED'],
    ['that is empty', { query: '' }, 'GRAPHQL_PARSE_FAILED'],
    ['with an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s is answered with 400, and with 200 for application/json', async (_which, body, code) => {
    expect(await ask(body)).toMatchObject({ codes: [code], statuses: [400, 200] })
  })

  it.each([
    ['of two operations', { query: 'query A { __typename } query B { __typename }' }],
    ['without the operation of this name', { query: 'query A { __typename }', operationName: 'B' }],
  ])('%s is answered with 400', async (_which, body) => {
    const codes = ['OPERATION_RESOLUTION_FAILURE']
    expect(await ask(body)).toMatchObject({ codes, statuses: [400, 400] })
  })
})

it.each([
  ['agents(first: -1) { nodes { id } }', ['first'], { code: 'OUT_OF_RANGE', limit: 0 }],
  ['agents(after: "x") { nodes { id } }', ['after'], { code: 'INVALID_FORMAT' }],
  ['agents(search: "\\u0000") { nodes { id } }', ['search'], { code: 'INVALID_FORMAT' }],
  ['meetings(filter: { from: "x" }) { nodes { id } }', ['filter', 'from'], { code: 'INVALID_FORMAT' }],
  [
    'explainRouting(kind: MEETING, target: { roundRobin: true }, startsAt: "x") { agent { id } }',
    ['startsAt'],
    { code: 'INVALID_FORMAT' },
  ],
  [
    'slots(target: { roundRobin: true }, from: "x", to: "x", timeZone: "UTC") { nextAvailable }',
    ['from'],
    { code: 'INVALID_FORMAT' },
  ],
  [`nodes(ids: [${'"" '.repeat(101)}]) { id }`, ['ids'], { code: 'TOO_MANY', limit: 100 }],
])('an invalid value is named in the issues of the error: %s', async (field, path, issue) => {
  const { codes, statuses, content } = await ask({ query: `{ ${field} }` })
  expect(codes).toEqual(['INVALID_INPUT'])
  expect(statuses).toEqual([200, 200])
  expect(content.errors[0].extensions.issues[0]).toMatchObject({ path, ...issue })
})

it("a visitor's page stays whole around the fields that only staff can read", async () => {
  const token = await createVisitor(app, acme)
  const query = `query ($id: ID!) {
    workspace { name timeZone chatEnabled publicKey allowedOrigins blockedEmails
      meetingSettings { slotOffer } liveChatSettings { chatsPerAgent } }
    viewer { ... on Person { known firstSeenAt attributes } }
    node(id: $id) { ... on Agent { name email publiclyBookable meetingsToDate roles { id } teams { id }
      liveChatStatus { available } pendingOffers { id } meetings { totalCount } invitation { subject }
      meetingAvailability { weekly { start } } liveChatAvailability { weekly { start } } } }
  }`
  const { data, errors } = await app.execute<Record<string, object>>(query, {
    token,
    variables: { id: ada.id },
  })
  const forStaff = Object.entries(data ?? {}).flatMap(([root, fields]) =>
    Object.entries(fields).flatMap(([name, value]) => (value === null ? [`${root}.${name}`] : [])),
  )
  expect(data).toMatchObject({
    workspace: { name: expect.any(String) },
    viewer: { known: false },
    node: { name: 'Ada Lovelace', meetings: { totalCount: 0 } },
  })
  expect(forStaff).toHaveLength(19)
  expect(errors?.map(({ path }) => path?.join('.')).sort()).toEqual(forStaff.sort())
  expect(new Set(errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['FORBIDDEN']))
})

it('a field that the viewer may not read is null, names the permission, and leaves the rest', async () => {
  await app.app.services.database.agentRole.deleteMany({ where: { agentId: ada.agentId } })
  const query = `{
    queue: routingQueue(kind: MEETING) { kind }
    explained: explainRouting(kind: MEETING, target: { roundRobin: true }) { kind }
    people { nodes { id } }
    conversations { nodes { id } }
    workspace { id }
  }`
  const { data, errors } = await app.execute<Record<string, object>>(query, { token: ada.token })
  expect(data).toEqual({
    queue: null,
    explained: null,
    people: null,
    conversations: null,
    workspace: { id: expect.any(String) },
  })
  const permissions = errors?.map(({ path, extensions }) => [path?.join(), extensions?.permission])
  expect(Object.fromEntries(permissions ?? [])).toEqual({
    queue: 'VIEW_ROUTING',
    explained: 'VIEW_ROUTING',
    people: 'VIEW_ALL_CONVERSATIONS',
    conversations: 'VIEW_MY_CONVERSATIONS',
  })
})

it('an internal error during execution is part of the answer, with the status 200', async () => {
  const broken = await startAppForTest()
  const { admin } = await createTestWorkspace(broken)
  vi.spyOn(broken.app.services.database.team, 'findMany').mockImplementation(() => {
    throw new Error('no connection')
  })
  for (const accept of MEDIA_TYPES) {
    const answer = await post(broken, {
      body: { query: '{ teams { id } }' },
      token: admin.token,
      headers: { accept },
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      data: { teams: null },
      errors: [{ path: ['teams'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    })
  }
})
