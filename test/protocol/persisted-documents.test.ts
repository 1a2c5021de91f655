// Documents that clients name by their hashes, over HTTP, server-sent events and WebSockets, as Apollo Client, urql, Relay
// and graphql-ws send them.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../src/server/documents/document-map.ts'
import { PersistedDocuments } from '../../src/server/documents/persisted-documents.ts'
import * as meetingPageDocuments from '../../src/server/pages/meeting/documents.js'
import { START_VISIT } from '../kit/booking.ts'
import { openEventStream } from '../kit/event-stream.ts'
import { addressOf, post, refusal } from '../kit/http.ts'
import { connectRawSocket } from '../kit/raw-socket.ts'
import { anAgent, aVisitor, useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const WHO = 'query Who { viewer { __typename } }'
const TWO = 'query One { __typename } query Two { viewer { __typename } }'
const RENAME = 'mutation Rename { updateAgent(input: { name: "Eve" }) { __typename } }'
const COSTLY =
  'query ($n: Int) { meetings(first: $n) { nodes { agent { meetings(first: $n) { nodes { id } } } } } }'
const EVENTS = 'subscription { agentEvents { __typename } }'
const BROKEN = 'query { nonsense }'
const UNKNOWN = 'query Unknown { __typename }'
const TEXTS = new Map(
  [WHO, TWO, RENAME, COSTLY, EVENTS, BROKEN, START_VISIT].map((text) => [hashOf(text), text]),
)

const VIEWER = { data: { viewer: { __typename: 'Agent' } } }
const CAUGHT_UP = { data: { agentEvents: { __typename: 'CaughtUp' } } }
const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }
const NOT_SUPPORTED = {
  message: 'PersistedQueryNotSupported',
  extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' },
}
const REQUIRED = { status: 403, code: 'PERSISTED_DOCUMENT_REQUIRED' }

const byId = (text: string) => ({ documentId: `sha256:${hashOf(text)}` })
/** As Apollo Client and urql name a document. */
const byHash = (text: string) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(text) } },
})
const start = (mode: 'allow' | 'only' | 'only-anonymous') => () =>
  startOnPort({ documents: new PersistedDocuments({ texts: TEXTS, mode }) })

describe('with a folder of documents', () => {
  const { app, ada } = useScene({ ada: anAgent }, { start: start('allow'), once: true })
  const postAda = (body: object, headers = {}) => post(app, { body, token: ada.token, headers })
  const answerTo = async (body: object) => (await postAda(body)).json()
  const get = (parameters: Record<string, unknown>) =>
    app.fetch(addressOf(parameters), { headers: { authorization: `Bearer ${ada.token}` } })

  it.each([
    ['documentId', byId],
    ['Apollo’s extension', byHash],
  ])('a document is executed by its hash in %s, in the body or the address', async (_name, name) => {
    expect(await answerTo(name(WHO))).toEqual(VIEWER)
    expect(await (await get(name(WHO))).json()).toEqual(VIEWER)
    expect(await answerTo({ ...name(TWO), operationName: 'Two' })).toEqual(VIEWER)
  })

  it('the prefix of a hash may be left out, and other texts are executed as before', async () => {
    expect(await answerTo({ documentId: hashOf(WHO) })).toEqual(VIEWER)
    expect(await answerTo({ query: UNKNOWN })).toEqual({ data: { __typename: 'Query' } })
    expect(await answerTo({ query: UNKNOWN, documentId: null })).toEqual({ data: { __typename: 'Query' } })
    expect(await refusal(postAda({ extensions: {} }))).toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('an unknown hash gets the answer that Apollo Client understands, and its text is not kept', async () => {
    for (const name of [byId, byHash]) {
      const json = await postAda(name(UNKNOWN), { accept: 'application/json' })
      expect([json.status, await json.json()]).toEqual([200, { errors: [NOT_FOUND] }])
      expect(json.headers.get('cache-control')).toBe('no-store')
      const graphql = await postAda(name(UNKNOWN), { accept: 'application/graphql-response+json' })
      expect([graphql.status, await graphql.json()]).toEqual([400, { errors: [NOT_FOUND] }])
      expect(await answerTo({ ...name(UNKNOWN), query: UNKNOWN })).toEqual({ data: { __typename: 'Query' } })
      expect(await answerTo(name(UNKNOWN))).toEqual({ errors: [NOT_FOUND] })
    }
  })

  it('a known hash decides, also beside another text', async () => {
    expect(await answerTo({ ...byHash(WHO), query: UNKNOWN })).toEqual(VIEWER)
  })

  it.each<[string, object]>([
    ['no hash', { documentId: 'sha256:abc' }],
    ['an MD5', { documentId: '0123456789abcdef0123456789abcdef' }],
    ['in upper case', { documentId: hashOf(WHO).toUpperCase() }],
    ['a number', { documentId: 1 }],
    ['of another version', { extensions: { persistedQuery: { version: 2, sha256Hash: hashOf(WHO) } } }],
    ['without a hash', { extensions: { persistedQuery: { version: 1 } } }],
  ])('an id that is %s is refused', async (_what, body) => {
    expect(await refusal(postAda(body))).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
  })

  it('a document by id has to pass what a text has to pass', async () => {
    expect(await refusal(get(byId(RENAME)))).toMatchObject({ status: 405, code: 'BAD_REQUEST' })
    expect(await refusal(postAda({ ...byId(COSTLY), variables: { n: 100 } }))).toMatchObject({
      status: 400,
      code: 'QUERY_TOO_COSTLY',
    })
    expect(await refusal(postAda({ ...byId(WHO), variables: { a: 'x'.repeat(600_000) } }))).toMatchObject({
      status: 413,
      code: 'BODY_TOO_LARGE',
    })
    expect(await refusal(postAda(byId(WHO), { 'content-type': 'text/plain' }))).toMatchObject({ status: 415 })
    const unsound = await refusal(postAda(byId(BROKEN), { accept: 'application/graphql-response+json' }))
    expect(unsound).toMatchObject({ status: 400, code: 'GRAPHQL_VALIDATION_FAILED' })
  })

  it.each([
    ['documentId', byId(EVENTS)],
    ['Apollo’s extension', byHash(EVENTS)],
  ])(
    'a subscription begins by its hash in %s, over a socket and as server-sent events',
    async (_name, payload) => {
      const raw = await connectRawSocket(app.server.url, ada.token)
      raw.send({ type: 'subscribe', id: 'bare', payload })
      raw.send({ type: 'subscribe', id: 'empty', payload: { query: '', ...payload } })
      raw.send({ type: 'subscribe', id: 'both', payload: { query: EVENTS, ...payload } })
      for (const id of ['bare', 'empty', 'both']) expect(await raw.received(id, 1)).toEqual([CAUGHT_UP])
      for (const method of ['POST', 'GET'] as const) {
        const stream = await openEventStream(app.server.url, { ...payload, method, token: ada.token })
        expect(await stream.received(1)).toEqual([CAUGHT_UP])
      }
    },
  )

  it('a socket refuses an unknown hash, and goes on', async () => {
    const raw = await connectRawSocket(app.server.url, ada.token)
    raw.send({ type: 'subscribe', id: 'unknown', payload: byHash(UNKNOWN) })
    expect((await raw.received('unknown', 1))[0]?.errors).toEqual([NOT_FOUND])
    raw.send({ type: 'subscribe', id: 'malformed', payload: { documentId: 'abc' } })
    expect((await raw.received('malformed', 1))[0]?.errors).toMatchObject([
      { extensions: { code: 'BAD_REQUEST' } },
    ])
    raw.send({ type: 'subscribe', id: 'query', payload: byId(WHO) })
    expect((await raw.received('query', 1))[0]?.errors).toMatchObject([
      { extensions: { code: 'SUBSCRIPTIONS_ONLY' } },
    ])
    raw.send({ type: 'subscribe', id: 'none', payload: { extensions: {} } })
    expect((await raw.received('none', 1))[0]?.errors).toMatchObject([
      { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ])
    raw.send({ type: 'subscribe', id: 'known', payload: byHash(EVENTS) })
    expect(await raw.received('known', 1)).toEqual([CAUGHT_UP])
    expect(app.faults).toEqual([])
  })
})

describe('without a folder', () => {
  const { app, ada } = useScene({ ada: anAgent }, { start: startOnPort, once: true })

  it('a hash gets the answer after which Apollo Client sends texts for good', async () => {
    for (const body of [byId(WHO), byHash(WHO)]) {
      const answer = await post(app, { body, token: ada.token })
      expect([answer.status, await answer.json()]).toEqual([200, { errors: [NOT_SUPPORTED] }])
    }
    const answer = await post(app, { body: { ...byHash(WHO), query: WHO }, token: ada.token })
    expect(await answer.json()).toEqual(VIEWER)
    const raw = await connectRawSocket(app.server.url, ada.token)
    raw.send({ type: 'subscribe', id: 'known', payload: byId(EVENTS) })
    expect((await raw.received('known', 1))[0]?.errors).toEqual([NOT_SUPPORTED])
  })
})

describe('where only persisted documents are executed', () => {
  const { app, ada, visitor } = useScene(
    { ada: anAgent, visitor: aVisitor },
    { start: start('only'), once: true },
  )
  const postAda = (body: object) => post(app, { body, token: ada.token })

  it('another text is refused, however it comes, before anything is known of it', async () => {
    for (const query of [UNKNOWN, BROKEN.replace('nonsense', 'viewr'), '{']) {
      expect(await refusal(postAda({ query }))).toEqual(REQUIRED)
      expect(await refusal(postAda({ query, ...byHash(query) }))).toEqual(REQUIRED)
      expect(await refusal(app.fetch(addressOf({ query })))).toEqual(REQUIRED)
    }
    const raw = await connectRawSocket(app.server.url, ada.token)
    raw.send({ type: 'subscribe', id: 'text', payload: { query: `${EVENTS} ` } })
    expect((await raw.received('text', 1))[0]?.errors).toMatchObject([
      { extensions: { code: 'PERSISTED_DOCUMENT_REQUIRED' } },
    ])
  })

  it('a persisted document is executed by its hash, or by its exact text', async () => {
    for (const body of [byId(WHO), byHash(WHO), { query: WHO }, { query: UNKNOWN, ...byHash(WHO) }]) {
      expect(await (await postAda(body)).json()).toEqual(VIEWER)
    }
    const raw = await connectRawSocket(app.server.url, ada.token)
    raw.send({ type: 'subscribe', id: 'text', payload: { query: EVENTS } })
    expect(await raw.received('text', 1)).toEqual([CAUGHT_UP])
  })

  it('our own page of a meeting works', async () => {
    for (const query of Object.values(meetingPageDocuments)) {
      const { errors = [] } = await app.execute(query, { token: visitor.token })
      expect(errors.map(({ extensions }) => extensions?.code)).not.toContain('PERSISTED_DOCUMENT_REQUIRED')
    }
  })

  it('our own page of a meeting has its documents in one file, from which the server knows them', async () => {
    const folder = join(import.meta.dirname, '../../src/server/pages/meeting')
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
    const texts = await Promise.all(scripts.map((name) => readFile(join(folder, name), 'utf8')))
    const withDocuments = scripts.filter((_name, at) =>
      /`(query|mutation|subscription)\b/.test(texts[at] ?? ''),
    )
    expect(withDocuments).toEqual(['documents.js'])
  })
})

describe('where anonymous callers are limited to persisted documents', () => {
  const { app, ada, visitor } = useScene(
    { ada: anAgent, visitor: aVisitor },
    { start: start('only-anonymous'), once: true },
  )

  it('staff may send other texts, over HTTP and a socket', async () => {
    const answer = await post(app, { body: { query: UNKNOWN }, token: ada.token })
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } })
    const stream = await openEventStream(app.server.url, { query: `${EVENTS} `, token: ada.token })
    expect(await stream.received(1)).toMatchObject([{ data: CAUGHT_UP.data }])
    const raw = await connectRawSocket(app.server.url, ada.token)
    raw.send({ type: 'subscribe', id: 'text', payload: { query: `${EVENTS} ` } })
    expect(await raw.received('text', 1)).toEqual([CAUGHT_UP])
  })

  it('nobody else may: a visitor’s token is one that anybody gets', async () => {
    for (const token of [undefined, visitor.token]) {
      const send = (body: object) => post(app, { body, ...(token === undefined ? {} : { token }) })
      expect(await refusal(send({ query: UNKNOWN }))).toEqual(REQUIRED)
      expect((await send({ ...byId(TWO), operationName: 'One' })).status).toBe(200)
      const raw = await connectRawSocket(app.server.url, token)
      raw.send({ type: 'subscribe', id: 'text', payload: { query: `${EVENTS} ` } })
      expect((await raw.received('text', 1))[0]?.errors).toMatchObject([
        { extensions: { code: 'PERSISTED_DOCUMENT_REQUIRED' } },
      ])
    }
  })

  it('an invalid token is answered as such', async () => {
    const answer = post(app, { body: { query: UNKNOWN }, token: 'sbd_made.up' })
    expect(await refusal(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  })
})
