import { encodeGlobalID } from '@pothos/plugin-relay'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { type Answer, startApp, startAppForTest } from '../kit/app.ts'
import { type OidcProvider, startOidcProvider } from '../kit/oidc-provider.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const AUDIENCE = 'https://api.switchboard.test'

let provider: OidcProvider

beforeAll(async () => {
  provider = await startOidcProvider({ audience: AUDIENCE })
})
afterAll(() => provider.stop())

const { app, acme, ada, database } = useScene(
  { ada: anAgent },
  {
    start: () => startApp({ signIn: { mode: 'OIDC', issuer: provider.issuer, audience: AUDIENCE } }),
    begin: (app) => {
      // The provider's tokens depend on the real time.
      app.clock.set(new Date().toISOString())
      return createTestWorkspace(app)
    },
    once: true,
  },
)

type ViewerAnswer = Answer<{ viewer: { name: string } }>
const viewer = (token: string, headers = {}): Promise<ViewerAnswer> =>
  app.execute('{ viewer { ... on Agent { name } } }', { token, headers })
const refused = { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }
const signIn = (account: { subject: string; email: string; emailVerified?: boolean }) =>
  provider.signIn({ emailVerified: true, ...account })

describe('signing in with OpenID Connect', () => {
  it('finds the agent by the verified e-mail, and from then on by the subject', async () => {
    const token = await signIn({ subject: 'ada-1', email: ada.email.toUpperCase() })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Ada Lovelace' } } })
    const renamed = await signIn({ subject: 'ada-1', email: 'married@elsewhere.example' })
    expect(await viewer(renamed)).toMatchObject({ data: { viewer: { name: 'Ada Lovelace' } } })
  })

  it('refuses another subject with the same e-mail', async () => {
    const token = await signIn({ subject: 'impostor', email: ada.email })
    expect(await viewer(token)).toMatchObject(refused)
  })

  it('refuses an e-mail that is not verified, and one of no agent', async () => {
    const grace = await createTestAgent(app, acme, 'Grace Hopper')
    const unverified = await signIn({ subject: 'grace-1', email: grace.email, emailVerified: false })
    expect(await viewer(unverified)).toMatchObject(refused)
    const stranger = await signIn({ subject: 'nobody', email: 'nobody@example.com' })
    expect(await viewer(stranger)).toMatchObject(refused)
  })

  it('finds the agent in each workspace by the verified e-mail, and asks which one is meant', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const [alan, there] = [
      await createTestAgent(app, acme, 'Alan Turing'),
      await createTestAgent(app, globex, 'Alan M. Turing'),
    ]
    const token = await signIn({ subject: 'alan-1', email: alan.email })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Alan Turing' } } })

    const where = { id: there.agentId }
    await database.agent.update({ where, data: { email: alan.email } })
    const workspaces = [acme, globex].map(({ workspaceId }) => encodeGlobalID('Workspace', workspaceId))
    const required = {
      extensions: {
        code: 'WORKSPACE_REQUIRED',
        workspaces: [
          { id: workspaces[0], name: 'Acme' },
          { id: workspaces[1], name: 'Globex' },
        ],
      },
    }
    expect(await viewer(token)).toMatchObject({ errors: [required] })
    const inWorkspace = (workspace = '') => viewer(token, { 'switchboard-workspace': workspace })
    expect(await inWorkspace(workspaces[0])).toMatchObject({ data: { viewer: { name: 'Alan Turing' } } })
    expect(await inWorkspace(workspaces[1])).toMatchObject({ data: { viewer: { name: 'Alan M. Turing' } } })
    const other = await createTestWorkspace(app, { name: 'Initech' })
    for (const unknown of [encodeGlobalID('Workspace', other.workspaceId), 'Globex', alan.id]) {
      expect(await inWorkspace(unknown)).toMatchObject({ errors: [required] })
    }
    await database.agent.update({ where, data: { removedAt: new Date() } })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Alan Turing' } } })
    expect(await inWorkspace(workspaces[1])).toMatchObject({
      errors: [{ extensions: { code: 'WORKSPACE_REQUIRED' } }],
    })
  })

  it('keeps an account that is bound to an agent apart from another agent with its address', async () => {
    const [edith, beth] = [
      await createTestAgent(app, acme, 'Edith Clarke'),
      await createTestAgent(app, acme, 'Beth Moore'),
    ]
    await viewer(await signIn({ subject: 'edith-1', email: edith.email }))
    const token = await signIn({ subject: 'edith-1', email: beth.email })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Edith Clarke' } } })
  })

  it('binds an agent to one of two accounts that sign in at the same time', async () => {
    const cleo = await createTestAgent(app, acme, 'Cleo Vance')
    const tokens = await Promise.all(
      ['cleo-1', 'cleo-2'].map((subject) => signIn({ subject, email: cleo.email })),
    )
    const answers = await Promise.all(tokens.map((token) => viewer(token)))
    expect(answers.map(({ data }) => data?.viewer?.name ?? null).sort()).toEqual(['Cleo Vance', null].sort())
  })

  it('refuses the demo’s own tokens', async () => {
    expect(await viewer(ada.token)).toMatchObject(refused)
  })

  it('answers UNAVAILABLE, not UNAUTHENTICATED, when the provider cannot be reached', async () => {
    const lonely = await startAppForTest({
      signIn: { mode: 'OIDC', issuer: 'http://127.0.0.1:9', audience: AUDIENCE },
    })
    const token = await signIn({ subject: 'ada-1', email: ada.email })
    const answer = await lonely.execute('{ viewer { __typename } }', { token })
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
  })
})
