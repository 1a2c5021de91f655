// Requests that other websites can make their visitors' browsers send (CORS and CSRF).
import { describe, expect, it } from 'vitest'
import { MAX_NOTICES } from '../../src/server/origins.ts'
import { startAppForTest } from '../kit/app.ts'
import { DAY } from '../kit/clock.ts'
import { post, refusal } from '../kit/http.ts'
import { useScene } from '../kit/scene.ts'
import { startOverHttp } from '../kit/server.ts'

const CREATE_EVE = 'mutation { createAgent(input: { name: "Eve", email: "eve@acme.test" }) { __typename } }'

const { app, acme, admin, database } = useScene({}, { once: true, start: startOverHttp })

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

  it('gets CORS headers when a workspace allows its origin', async () => {
    const answer = await preflight('https://www.acme.test')
    expect(answer.status).toBe(204)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://www.acme.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization, content-type, switchboard-workspace',
      vary: 'Origin',
    })
    const refused = await post(app, {
      body: { query: '{ nope }' },
      headers: { origin: 'https://www.acme.test', accept: 'application/graphql-response+json' },
    })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://www.acme.test')
  })

  const LOOPBACK = [
    'http://localhost:8080',
    'http://127.0.0.1:3000',
    'http://[::1]:5173',
    'https://localhost',
  ]

  it('may come from any port of this machine in the demo, also to start a visit', async () => {
    const query = `mutation { startVisit(input: { publicKey: "${acme.publicKey}" }) { __typename } }`
    for (const origin of LOOPBACK) {
      const { headers } = await preflight(origin)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      const visit = await post(app, { body: { query }, headers: { origin } })
      expect(await visit.json()).toEqual({ data: { startVisit: { __typename: 'Visit' } } })
    }
  })

  it('may not come from this machine where a provider signs people in, unless a workspace lists it', async () => {
    const signIn = { mode: 'OIDC' as const, issuer: 'http://127.0.0.1:9', audience: 'api' }
    const { fetch } = await startAppForTest({ signIn })
    for (const origin of LOOPBACK.slice(0, -1)) {
      const { headers } = await post(
        { ...app, fetch },
        { body: { query: '{ __typename }' }, headers: { origin } },
      )
      expect(headers.has('access-control-allow-origin')).toBe(false)
    }
  })

  it('is in the log once when its origin is refused, with what to set, and no number of them fills the log', async () => {
    const fresh = await startAppForTest()
    const call = (origin: string) => post(fresh, { body: { query: '{ __typename }' }, headers: { origin } })
    for (const origin of ['https://shop.example', 'https://shop.example', 'null']) await call(origin)
    expect(fresh.faults.map(String)).toEqual([
      expect.stringMatching(
        /"https:\/\/shop\.example" must not call the API.* allowedOrigins .* updateWorkspace/,
      ),
      expect.stringMatching(/opened as a file/),
    ])
    for (let number = 0; number < MAX_NOTICES + 5; number++) await call(`https://${number}.evil.example`)
    expect(fresh.faults).toHaveLength(MAX_NOTICES + 1)
    expect(String(fresh.faults.at(-1))).toContain('not logged')
    fresh.clock.advance(DAY)
    await call('https://shop.example')
    expect(fresh.faults).toHaveLength(MAX_NOTICES + 2)
    expect(String(fresh.faults.at(-1))).toContain('shop.example')
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
