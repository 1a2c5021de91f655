import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type Staff } from '../kit/actors.ts'
import { data } from '../kit/app.ts'
import { createVisitor } from '../kit/booking.ts'
import { MINUTE } from '../kit/clock.ts'
import { createBrowser } from '../kit/push-browser.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const MOST = 10

const { app, acme, admin, ada, database, mutate } = useScene({ ada: anAgent })
type Input = Partial<ReturnType<typeof createBrowser>> & { label?: string | null }

const select = '... on PushSubscription { endpoint registeredAt }'
const register = (input: Input, token: string | undefined = ada.token) =>
  mutate({ mutation: 'registerPushSubscription', input, select, ...(token ? { token } : {}) })
const remove = (input: Input, token: string | undefined = ada.token) =>
  mutate({
    mutation: 'unregisterPushSubscription',
    input,
    select: '... on Agent { id }',
    ...(token ? { token } : {}),
  })

const rowsOf = ({ agentId }: Staff) =>
  database.pushSubscription.findMany({ where: { agentId }, orderBy: { createdAt: 'asc' } })
const endpointsOf = async (agent: Staff) => (await rowsOf(agent)).map(({ endpoint }) => endpoint)

describe('registerPushSubscription', () => {
  it('registers browsers of the viewer', async () => {
    const [phone, laptop] = [createBrowser(), createBrowser()]
    expect(await register(phone)).toEqual({
      __typename: 'PushSubscription',
      endpoint: phone.endpoint,
      registeredAt: '2026-03-02T08:00:00.000Z',
    })
    app.clock.advance(MINUTE)
    await register(laptop)
    expect(await rowsOf(ada)).toMatchObject([phone, laptop])
  })

  it('replaces the keys of a registered browser', async () => {
    const browser = createBrowser()
    await register(browser)
    app.clock.advance(MINUTE)
    const { p256dh, auth } = createBrowser()
    expect((await register({ ...browser, p256dh, auth })).registeredAt).toBe('2026-03-02T08:00:00.000Z')
    expect(await rowsOf(ada)).toMatchObject([{ ...browser, p256dh, auth }])
  })

  it('accepts keys with padding, and in plain base64', async () => {
    const browser = createBrowser()
    const plain = (key: string) => Buffer.from(key, 'base64url').toString('base64')
    const { endpoint } = browser
    await register({ endpoint, p256dh: plain(browser.p256dh), auth: plain(browser.auth) })
    expect(await rowsOf(ada)).toMatchObject([browser])
  })

  it('moves a browser to the agent of the workspace who registers it next, and takes none from another workspace', async () => {
    const browser = createBrowser()
    await register(browser)
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    app.clock.advance(MINUTE)
    expect((await register(browser, grace.token)).registeredAt).toBe('2026-03-02T08:01:00.000Z')
    expect([await endpointsOf(ada), await endpointsOf(grace)]).toEqual([[], [browser.endpoint]])
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    await register(browser, globex.admin.token)
    expect(await endpointsOf(grace)).toEqual([browser.endpoint])
    expect(await rowsOf(globex.admin)).toMatchObject([{ ...browser, workspaceId: globex.workspaceId }])
  })

  it('keeps 10 browsers of an agent, and removes the oldest', async () => {
    const browsers = Array.from({ length: MOST + 2 }, createBrowser)
    for (const browser of browsers) {
      await register(browser)
      app.clock.advance(MINUTE)
    }
    expect(await endpointsOf(ada)).toEqual(browsers.slice(2).map(({ endpoint }) => endpoint))
  })

  it('keeps 10 also after concurrent calls, and the same browser once', async () => {
    const known = createBrowser()
    const browsers = Array.from({ length: MOST + 5 }, createBrowser)
    const answers = await Promise.all([known, known, ...browsers].map((browser) => register(browser)))
    expect(answers.map(({ __typename }) => __typename)).toEqual(Array(MOST + 7).fill('PushSubscription'))
    expect(await rowsOf(ada)).toHaveLength(MOST)
    expect(app.faults).toEqual([])
  })

  const good = createBrowser()
  const point = Buffer.from(good.p256dh, 'base64url')
  const notOnCurve = Buffer.from(point.fill(1, 40))
  it.each<[string, Input, string]>([
    ['an endpoint without TLS', { endpoint: 'http://push.example/x' }, 'endpoint'],
    ['an endpoint in a private network', { endpoint: 'https://192.168.0.1/x' }, 'endpoint'],
    [
      'an endpoint of the cloud’s metadata service',
      { endpoint: 'https://169.254.169.254/latest' },
      'endpoint',
    ],
    ['an endpoint with a password', { endpoint: 'https://a:b@push.example/x' }, 'endpoint'],
    ['an endpoint that is not a URL', { endpoint: 'push' }, 'endpoint'],
    ['an endpoint that is too long', { endpoint: `https://push.example/${'x'.repeat(2048)}` }, 'endpoint'],
    ['an endpoint with NUL', { endpoint: 'https://push.example/\0' }, 'endpoint'],
    ['no public key', { p256dh: '' }, 'p256dh'],
    ['a public key that is too short', { p256dh: point.subarray(0, 64).toString('base64url') }, 'p256dh'],
    ['a public key that is not on the curve', { p256dh: notOnCurve.toString('base64url') }, 'p256dh'],
    ['a public key of zeros', { p256dh: Buffer.alloc(65).toString('base64url') }, 'p256dh'],
    ['a public key with invalid characters', { p256dh: `${good.p256dh.slice(0, -1)}!` }, 'p256dh'],
    ['a public key that is far too long', { p256dh: 'A'.repeat(100_000) }, 'p256dh'],
    ['a secret that is too short', { auth: randomBytes(15).toString('base64url') }, 'auth'],
    ['a secret that is too long', { auth: randomBytes(17).toString('base64url') }, 'auth'],
  ])('refuses %s', async (_what, change, field) => {
    expect(await register({ ...createBrowser(), ...change })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', field] }],
    })
    expect(await rowsOf(ada)).toEqual([])
  })

  it('names every invalid field', async () => {
    const { issues } = await register({ endpoint: 'x', p256dh: 'y', auth: 'z' })
    expect(issues.map(({ path }) => path[1])).toEqual(['endpoint', 'p256dh', 'auth'])
  })
})

describe('Agent.pushSubscriptions', () => {
  const LIST = 'pushSubscriptions { id label endpoint registeredAt lastUsedAt }'
  const listOf = async (agent: Staff, token = agent.token) => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Agent { ${LIST} } } }`
    const { node } = await data<{ node: { pushSubscriptions: object[] | null } }>(
      app.execute(query, { variables: { id: agent.id }, token }),
    )
    return node.pushSubscriptions
  }

  it('lists the browsers of the viewer with their labels, oldest first', async () => {
    const [phone, laptop] = [createBrowser(), createBrowser()]
    await register({ ...phone, label: ' Safari on iPhone ' })
    app.clock.advance(MINUTE)
    await register(laptop)
    await register(phone)
    expect(await listOf(ada)).toEqual([
      expect.objectContaining({
        label: 'Safari on iPhone',
        endpoint: phone.endpoint,
        registeredAt: '2026-03-02T08:00:00.000Z',
        lastUsedAt: null,
      }),
      expect.objectContaining({ label: null, endpoint: laptop.endpoint }),
    ])
    await register({ ...phone, label: 'Phone' })
    expect(await listOf(ada)).toMatchObject([{ label: 'Phone' }, { label: null }])
  })

  it('is null for everybody else, and a browser cannot be read by its id', async () => {
    await register(createBrowser())
    const [{ id } = { id: '' }] = (await listOf(ada)) as { id: string }[]
    const byId = (token: string) =>
      data(app.execute('query ($id: ID!) { node(id: $id) { id } }', { variables: { id }, token }))
    expect(await byId(ada.token)).toEqual({ node: { id } })
    for (const token of [admin.token, await createVisitor(app, acme)]) {
      expect(await listOf(ada, token)).toBeNull()
      expect(await byId(token)).toEqual({ node: null })
    }
  })

  it('forgets the label of an agent who used the browser before', async () => {
    const browser = createBrowser()
    await register({ ...browser, label: 'My laptop' })
    await register(browser, admin.token)
    expect(await listOf(admin)).toMatchObject([{ label: null }])
  })

  it.each([
    ['empty', ' '],
    ['too long', 'x'.repeat(101)],
    ['of two lines', 'one\ntwo'],
  ])('refuses a label that is %s', async (_what, label) => {
    expect(await register({ ...createBrowser(), label })).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: ['input', 'label'] }],
    })
  })

  it('comes with a browser that is registered or removed, so that a cache is up to date', async () => {
    const [phone, laptop] = [createBrowser(), createBrowser()]
    const agent = '{ id pushSubscriptions { endpoint } }'
    const change = (mutation: string, { input, select }: { input: object; select: string }) =>
      mutate({ mutation, input, token: ada.token, select })
    await register(phone)
    const registering = { input: laptop, select: `... on PushSubscription { agent ${agent} }` }
    expect(await change('registerPushSubscription', registering)).toMatchObject({
      agent: { id: ada.id, pushSubscriptions: [phone, laptop].map(({ endpoint }) => ({ endpoint })) },
    })
    const removing = { input: { endpoint: phone.endpoint }, select: `... on Agent ${agent}` }
    expect(await change('unregisterPushSubscription', removing)).toMatchObject({
      id: ada.id,
      pushSubscriptions: [{ endpoint: laptop.endpoint }],
    })
  })
})

describe('unregisterPushSubscription', () => {
  it('removes a browser of the viewer, once', async () => {
    const [phone, laptop] = [createBrowser(), createBrowser()]
    await register(phone)
    await register(laptop)
    expect(await remove({ endpoint: phone.endpoint })).toEqual({ __typename: 'Agent', id: ada.id })
    expect(await endpointsOf(ada)).toEqual([laptop.endpoint])
    expect((await remove({ endpoint: phone.endpoint })).__typename).toBe('NotFoundError')
  })

  it('does not find a colleague’s', async () => {
    const { endpoint } = createBrowser()
    await register({ ...createBrowser(), endpoint })
    expect((await remove({ endpoint }, admin.token)).__typename).toBe('NotFoundError')
    expect(await endpointsOf(ada)).toEqual([endpoint])
  })

  it('refuses an invalid endpoint', async () => {
    const { __typename, issues } = await remove({ endpoint: '\0' })
    expect([__typename, issues[0]?.path]).toEqual(['InvalidInputError', ['input', 'endpoint']])
  })
})

it('a removed agent has no registered browsers', async () => {
  await register(createBrowser())
  const { token } = admin
  await mutate({ mutation: 'removeAgent', input: { agentId: ada.id }, token, select: '' })
  expect(await rowsOf(ada)).toEqual([])
})

it('visitors and callers who are not signed in register and remove nothing', async () => {
  const browser = createBrowser()
  await register(browser)
  for (const token of [await createVisitor(app, acme), '']) {
    expect((await register(createBrowser(), token)).__typename).toBe('ForbiddenError')
    expect((await register(browser, token)).__typename).toBe('ForbiddenError')
    expect((await remove({ endpoint: browser.endpoint }, token)).__typename).toBe('ForbiddenError')
  }
  expect(await database.pushSubscription.count({ where: { workspaceId: acme.workspaceId } })).toBe(1)
  expect(await rowsOf(ada)).toMatchObject([browser])
})

describe('pushPublicKey', () => {
  it('is for staff, and the same in every workspace', async () => {
    const read = (token: string) =>
      data<{ pushPublicKey: string }>(app.execute('{ pushPublicKey }', { token }))
    const key = await read(ada.token)
    expect(Buffer.from(key.pushPublicKey, 'base64url')).toHaveLength(65)
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    expect(await read(globex.admin.token)).toEqual(key)
  })

  it('is not for visitors', async () => {
    const { errors } = await app.execute('{ pushPublicKey }', { token: await createVisitor(app, acme) })
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })
})
