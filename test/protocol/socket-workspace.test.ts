// An account with agents in several workspaces chooses one when its socket connects.
import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace, type TestWorkspace } from '../kit/actors.ts'
import { type OidcProvider, startOidcProvider } from '../kit/oidc-provider.ts'
import { openRawSocket } from '../kit/raw-socket.ts'
import { useScene } from '../kit/scene.ts'
import { startOnPort } from '../kit/server.ts'

const AUDIENCE = 'https://api.switchboard.test'
const CALENDAR_CHANGES = `subscription { agentEvents { __typename ... on CalendarChanged { agent { name } } } }`

let provider: OidcProvider

beforeAll(async () => {
  provider = await startOidcProvider({ audience: AUDIENCE })
})
afterAll(() => provider.stop())

const { app, acme, database } = useScene(
  {},
  {
    start: () => startOnPort({ signIn: { mode: 'OIDC', issuer: provider.issuer, audience: AUDIENCE } }),
    begin: (app) => {
      // The provider's tokens depend on the real time.
      app.clock.set(new Date().toISOString())
      return createTestWorkspace(app)
    },
  },
)

const idOf = ({ workspaceId }: TestWorkspace) => encodeGlobalID('Workspace', workspaceId)

let globex: TestWorkspace
let token: string

beforeEach(async () => {
  globex = await createTestWorkspace(app, { name: 'Globex' })
  const here = await createTestAgent(app, acme, 'Joan Clarke')
  const there = await createTestAgent(app, globex, 'Joan Murray')
  await database.agent.update({ where: { id: there.agentId }, data: { email: here.email } })
  token = await provider.signIn({ subject: acme.workspaceId, email: here.email, emailVerified: true })
})

/** Opens a socket whose parameters are the account's token and these. */
async function connect(parameters: object) {
  const raw = await openRawSocket(app.server.url)
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}`, ...parameters } })
  return raw
}

describe('the parameter `workspace` of a socket', () => {
  it.each([
    ['the first', 'Joan Clarke', () => acme],
    ['the other', 'Joan Murray', () => globex],
  ])('signs the account in as its agent in %s workspace', async (_which, name, workspace) => {
    const raw = await connect({ workspace: idOf(workspace()) })
    expect(await raw.next()).toMatchObject({ type: 'connection_ack' })
    raw.send({ type: 'subscribe', id: 'console', payload: { query: CALENDAR_CHANGES } })
    await raw.received('console', 1)
    const mutation = 'mutation { connectBuiltInCalendar(input: {}) { __typename } }'
    const headers = { 'switchboard-workspace': idOf(workspace()) }
    await app.execute(mutation, { token, headers })
    const changes = (await raw.received('console', 2)).flatMap(({ data }) => Object.values(data ?? {}))
    expect(changes).toContainEqual({ __typename: 'CalendarChanged', agent: { name } })
  })

  it('is required of an account that has agents in several', async () => {
    const raw = await connect({})
    expect(await raw.closed()).toBe('4403 Workspace required')
    expect(raw.frames).toEqual([])
  })

  it('closes the socket for a workspace without an agent of the account, and for what is none', async () => {
    const initech = await createTestWorkspace(app, { name: 'Initech' })
    for (const workspace of [idOf(initech), 'Acme', acme.workspaceId, acme.admin.id]) {
      const raw = await connect({ workspace })
      expect(await raw.closed()).toBe('4403 Workspace required')
      expect(raw.frames).toEqual([])
    }
  })
})
