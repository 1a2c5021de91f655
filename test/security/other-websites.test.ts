// Requests that other websites can make their visitors' browsers send (CORS and CSRF).
import { describe, expect, it } from 'vitest'
import { post, refusal } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'

const CREATE_EVE = 'mutation { createAgent(input: { name: "Eve", email: "eve@acme.test" }) { __typename } }'

const { app, admin, database } = useScene({}, { once: true })

const agentsCalledEve = () => database.agent.count({ where: { name: 'Eve' } })

describe('a browser of another website', () => {
  const preflight = (origin: string) =>
    app.fetch('/graphql', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })

  it('gets no CORS headers when no workspace allows its origin', async () => {
    const answers = [
      await preflight('https://evil.example'),
      await post(app, { body: { query: '{ __typename }' }, headers: { origin: 'https://evil.example' } }),
      await app.fetch('/demo', { headers: { origin: 'https://www.acme.test' } }),
    ]
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('gets CORS headers, but not for credentials, when a workspace allows its origin', async () => {
    const answer = await preflight('https://www.acme.test')
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://www.acme.test',
      'access-control-allow-headers': 'authorization, content-type',
      vary: 'Origin',
    })
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
    const refused = await post(app, {
      body: { query: '{ nope }' },
      headers: { origin: 'https://www.acme.test', accept: 'application/graphql-response+json' },
    })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://www.acme.test')
  })

  it('cannot run a mutation with a multipart form', async () => {
    const body = new FormData()
    body.set('operations', JSON.stringify({ query: CREATE_EVE }))
    const answer = app.fetch('/graphql', {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${admin.token}` },
    })
    expect(await refusal(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
    expect(await agentsCalledEve()).toBe(0)
  })

  it('cannot run a mutation with a urlencoded form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = post(app, {
      body: `query=${encodeURIComponent(CREATE_EVE)}`,
      token: admin.token,
      headers,
    })
    expect(await refusal(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
    expect(await agentsCalledEve()).toBe(0)
  })

  it('can query by GET, which is harmless because only an explicit token authenticates', async () => {
    const answer = await app.fetch('/graphql?query={__typename}')
    expect(answer.status).toBe(200)
    expect(answer.headers.has('set-cookie')).toBe(false)
  })

  it('cannot run a mutation by GET', async () => {
    const answer = await app.fetch(`/graphql?query=${encodeURIComponent(CREATE_EVE)}`)
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
  })

  it('cannot send JSON as text/plain, which needs no preflight', async () => {
    const answer = post(app, {
      body: { query: CREATE_EVE },
      token: admin.token,
      headers: { 'content-type': 'text/plain' },
    })
    expect(await refusal(answer)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
  })
})
