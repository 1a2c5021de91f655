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

const { app, acme, ada } = useScene(
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
const viewer = (token: string): Promise<ViewerAnswer> =>
  app.execute('{ viewer { ... on Agent { name } } }', { token })
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
