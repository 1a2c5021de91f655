// Answers that would be too large, over each transport. And none of them is stored on its way.
import { describe, expect, it } from 'vitest'
import { MAX_ANSWER_BYTES } from '../../src/server/answer-limit.ts'
import { book, createBookableAgent, createVisitor } from '../kit/booking.ts'
import { createChatAgent, say, startActiveChat } from '../kit/chat.ts'
import { addressOf, post, refusal } from '../kit/http.ts'
import { connectRawSocket } from '../kit/raw-socket.ts'
import { useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'
import { subscribeOverHttp } from '../kit/sse-client.ts'
import { NINE } from '../kit/times.ts'

const { app, acme, admin } = useScene({}, { start: startOnPort })

const aliases = (field: string, count: number) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')
const LARGE = `messages(first: 30) { nodes { ${aliases('text', 30)} } }`
const SUBSCRIPTION = (fields: string) => `subscription {
  agentEvents { __typename ... on MessageSent { cursor conversation { ${fields} } } }
}`

/** @returns the id of a meeting of 6 KB */
async function bookLarge(): Promise<string> {
  const grace = await createBookableAgent(app, acme, { name: 'Grace Hopper' })
  const input = { target: { agentId: grace.id }, startsAt: NINE, agenda: '€'.repeat(2000) }
  return (await book(app, { token: await createVisitor(app, acme), input })).id
}

describe('an answer', () => {
  const nodes = (fields: number) => `nodes(ids: $ids) { ... on Meeting { ${aliases('body', fields)} } }`
  const ask = async (query: string) => {
    const id = await bookLarge()
    const variables = { ids: Array(100).fill(id) }
    return post(app, { body: { query, variables }, token: admin.token })
  }

  it('of a query is refused when it would be larger than 4 MiB', async () => {
    const query = `query ($ids: [ID!]!) { ${nodes(8)} }`
    const { status, code, ...rest } = await refusal(ask(query))
    expect({ status, code }).toEqual({ status: 400, code: 'ANSWER_TOO_LARGE' })
    expect(rest).toEqual({})
  })

  it('of a query is sent whole below the limit', async () => {
    const text = await (await ask(`query ($ids: [ID!]!) { ${nodes(6)} }`)).text()
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_ANSWER_BYTES * 0.8)
    expect(JSON.parse(text).data.nodes[99].a5).toBe('€'.repeat(2000))
  })

  it('of a mutation says that the mutation was executed', async () => {
    const query = `mutation ($ids: [ID!]!) {
      updateAgent(input: { agentId: "${admin.id}", name: "Mary Ann" }) { ... on Agent { query { ${nodes(8)} } } }
    }`
    const answer = await (await ask(query)).json()
    expect(answer.errors[0].extensions.code).toBe('ANSWER_TOO_LARGE')
    expect(answer.errors[0].message).toContain('The mutation was executed.')
    expect(await app.execute('{ viewer { ... on Agent { name } } }', { token: admin.token })).toEqual({
      data: { viewer: { name: 'Mary Ann' } },
    })
  })
})

describe('a subscription whose answer would be larger than 4 MiB', () => {
  /** Sends 13 messages of 12 KB. */
  async function chatAtLength() {
    const grace = await createChatAgent(app, acme, 'Grace Hopper')
    const visitor = await createVisitor(app, acme)
    const conversationId = await startActiveChat(app, acme, { visitor: { token: visitor }, agent: grace })
    const send = (text: string) => say(app, visitor, { conversationId, text })
    for (let count = 0; count < 12; count++) await send('€'.repeat(4000))
    return { grace, send }
  }

  it('ends with an error, over a socket that stays open and over server-sent events', async () => {
    const { grace, send } = await chatAtLength()
    const raw = await connectRawSocket(app.server.url, grace.token)
    const start = (id: string, query: string) => raw.send({ type: 'subscribe', id, payload: { query } })
    start('large', SUBSCRIPTION(LARGE))
    start('small', SUBSCRIPTION('id'))
    await raw.received('large', 1)
    await raw.received('small', 1)
    const large = SUBSCRIPTION(`id ${LARGE}`)
    const events = subscribeOverHttp({ url: app.server.url, token: grace.token }, { query: large })
    await events.waitFor(1)
    await send('€'.repeat(4000))
    const [, refused] = await raw.received('large', 2)
    expect(refused?.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'ANSWER_TOO_LARGE' }])
    expect((await raw.received('small', 2))[1]?.data?.agentEvents?.__typename).toBe('MessageSent')
    raw.send({ type: 'ping' })
    await raw.received('large', 3)
    expect(raw.frames.filter(({ id }) => id === 'large').at(-1)).toEqual({ id: 'large', type: 'complete' })
    expect(await events.waitForEnd()).toEqual({ completed: true })
    expect(events.results.at(-1)).toMatchObject({ errors: [{ extensions: { code: 'ANSWER_TOO_LARGE' } }] })
    expect(app.faults).toEqual([])
  })
})

describe('what GraphQL answers', () => {
  it('is not stored by anything on its way: results, refusals, events and preflights', async () => {
    const startVisit = `mutation { startVisit(input: { publicKey: "${acme.publicKey}" }) { ... on Visit { token } } }`
    const accept = 'text/event-stream'
    const answers = await Promise.all([
      post(app, { body: { query: startVisit } }),
      post(app, { body: { query: '{ nothing }' } }),
      post(app, { body: '{' }),
      post(app, { body: { query: '{ __typename }' }, headers: { authorization: 'Bearer x' } }),
      app.fetch(addressOf({ query: '{ __typename }' })),
      app.fetch(addressOf({ query: 'subscription { a }' }), { headers: { accept } }),
      app.fetch('/graphql', { headers: { accept: 'text/html' } }),
      app.fetch('/graphql', { method: 'OPTIONS' }),
      app.fetch('/graphql', { method: 'PUT' }),
    ])
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store')
    for (const answer of answers) await answer.text()
  })
})
