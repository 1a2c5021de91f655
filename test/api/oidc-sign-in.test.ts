import { encodeGlobalID } from '@pothos/plugin-relay'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { type Answer, startApp, startAppForTest, type TestApp } from '../kit/app.ts'
import { createTestClock, DAY, MINUTE } from '../kit/clock.ts'
import { type OidcProvider, startOidcProvider } from '../kit/oidc-provider.ts'
import { anAgent, useScene } from '../kit/scene.ts'

const AUDIENCE = 'https://api.switchboard.test'

let provider: OidcProvider

beforeAll(async () => {
  provider = await startOidcProvider({ audience: AUDIENCE })
})
afterAll(() => provider.stop())

const { app, acme, admin, ada, database, mutate } = useScene(
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

  it('does not take a letter for the Latin one that it is folded to', async () => {
    const kelvin = await createTestAgent(app, acme, 'Kelvin Kirk')
    for (const local of ['\u212Aelvin.kirk', 'kelvin.\u212Airk', 'kelv\u0131n.kirk', 'kelv\u0130n.kirk']) {
      const email = kelvin.email.replace('kelvin.kirk', local)
      expect(await viewer(await signIn({ subject: local, email }))).toMatchObject(refused)
    }
    const token = await signIn({ subject: 'kelvin-1', email: kelvin.email.toUpperCase() })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Kelvin Kirk' } } })
  })

  it('compares the domain as mail servers do', async () => {
    const hanna = await createTestAgent(app, acme, 'Hanna Weber')
    const where = { id: hanna.agentId }
    await database.agent.update({ where, data: { email: 'hanna@xn--bcher-kva.example' } })
    const token = await signIn({ subject: 'hanna-1', email: 'Hanna@Bücher.example' })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Hanna Weber' } } })
  })

  it.each([
    { claim: 'sub', account: { sub: 'nul\0' } },
    { claim: 'email', account: { email: 'nul\0@acme.test' } },
  ])('refuses NUL in the claim $claim', async ({ account }) => {
    const claims = decodeJwt(await signIn({ subject: 'nul', email: 'nul@acme.test' }))
    expect(await viewer(await provider.sign({ ...claims, ...account }))).toMatchObject(refused)
    expect(app.faults).toEqual([])
  })

  describe('of an account whose verified e-mail agents of two workspaces have', () => {
    const required = { errors: [{ extensions: { code: 'WORKSPACE_REQUIRED' } }] }
    const seen = (name: string) => ({ data: { viewer: { name } } })
    const inWorkspace = (token: string, workspace = '') =>
      viewer(token, { 'switchboard-workspace': workspace })

    /** @returns the account's token, its agent there, and the ids of the workspaces, Acme's first */
    const createAccount = async (name: string) => {
      const globex = await createTestWorkspace(app, { name: 'Globex' })
      const [here, there] = [
        await createTestAgent(app, acme, name),
        await createTestAgent(app, globex, `${name} of Globex`),
      ]
      const where = { id: there.agentId }
      await database.agent.update({ where, data: { email: here.email } })
      const ids = [acme, globex].map(({ workspaceId }) => encodeGlobalID('Workspace', workspaceId))
      return { token: await signIn({ subject: name, email: here.email }), here, where, ids }
    }

    it('asks which one is meant, until the account is bound to one of them', async () => {
      const { token, here, ids } = await createAccount('Alan Turing')
      const workspaces = ids.map((id, index) => ({ id, name: ['Acme', 'Globex'][index] }))
      const asked = { errors: [{ extensions: { code: 'WORKSPACE_REQUIRED', workspaces } }] }
      expect(await viewer(token)).toMatchObject(asked)
      const other = await createTestWorkspace(app, { name: 'Initech' })
      for (const unknown of [
        encodeGlobalID('Workspace', other.workspaceId),
        'Globex',
        here.id,
        ids.join(', '),
      ]) {
        expect(await inWorkspace(token, unknown)).toMatchObject(asked)
      }
      expect(await inWorkspace(token, ids[0])).toMatchObject(seen('Alan Turing'))
      expect(await viewer(token)).toMatchObject(seen('Alan Turing'))
    })

    it('asks again once the account is bound in both', async () => {
      const { token, ids, where } = await createAccount('Joan Clarke')
      expect(await inWorkspace(token, ids[0])).toMatchObject(seen('Joan Clarke'))
      expect(await inWorkspace(token, ids[1])).toMatchObject(seen('Joan Clarke of Globex'))
      expect(await viewer(token)).toMatchObject(required)
      await database.agent.update({ where, data: { removedAt: new Date() } })
      expect(await viewer(token)).toMatchObject(seen('Joan Clarke'))
      expect(await inWorkspace(token, ids[1])).toMatchObject(required)
    })
  })

  it('stays the same when another workspace gives the e-mail of a bound account to an agent', async () => {
    const ida = await createTestAgent(app, acme, 'Ida Rhodes')
    const token = await signIn({ subject: 'ida-1', email: ida.email })
    await viewer(token)
    const evil = await createTestWorkspace(app, { name: 'Evil' })
    const there = await createTestAgent(app, evil, 'Eve')
    await database.agent.update({ where: { id: there.agentId }, data: { email: ida.email } })
    expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Ida Rhodes' } } })
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

  describe('after resetSignIn', () => {
    const reset = (token: string, agentId: string) =>
      mutate({ mutation: 'resetSignIn', token, input: { agentId }, select: '... on Agent { name }' })

    it('the next account with the agent’s e-mail is the agent, and the former one is not', async () => {
      const root = await signIn({ subject: 'root', email: admin.email })
      const rose = await createTestAgent(app, acme, 'Rose Dieng')
      const lost = await signIn({ subject: 'rose-1', email: rose.email })
      await viewer(lost)
      const found = await signIn({ subject: 'rose-2', email: rose.email })
      expect(await viewer(found)).toMatchObject(refused)
      const events = await readStream(rose)
      expect(await reset(root, rose.id)).toMatchObject({ name: 'Rose Dieng' })
      expect(await readStream(rose)).toEqual([...events, 'AccessChanged'])
      expect(await viewer(found)).toMatchObject({ data: { viewer: { name: 'Rose Dieng' } } })
      expect(await viewer(lost)).toMatchObject(refused)
    })

    it('is refused without MANAGE_AGENTS and for a foreign agent, and then changes nothing', async () => {
      const root = await signIn({ subject: 'root', email: admin.email })
      const judy = await createTestAgent(app, acme, 'Judy Clapp')
      const token = await signIn({ subject: 'judy-1', email: judy.email })
      await viewer(token)
      expect(await reset(token, judy.id)).toMatchObject({ __typename: 'ForbiddenError' })
      const globex = await createTestWorkspace(app, { name: 'Globex' })
      expect(await reset(root, globex.admin.id)).toMatchObject({ __typename: 'NotFoundError' })
      expect(await viewer(token)).toMatchObject({ data: { viewer: { name: 'Judy Clapp' } } })
    })

    const readStream = async ({ agentId }: { agentId: string }) => {
      const events = await database.event.findMany({
        where: { streamId: `agent:${agentId}` },
        orderBy: { seq: 'asc' },
      })
      return events.map(({ type }) => type)
    }
  })

  it('refuses the demo’s own tokens', async () => {
    expect(await viewer(ada.token)).toMatchObject(refused)
  })

  it('goes on for a day on a node that starts while the provider is away', async () => {
    const mary = await createTestAgent(app, acme, 'Mary Jackson')
    const other = await startOidcProvider({ audience: AUDIENCE })
    onTestFinished(() => other.stop())
    const clock = createTestClock(new Date().toISOString())
    const startNode = () =>
      startAppForTest({
        signIn: { mode: 'OIDC', issuer: other.issuer, audience: AUDIENCE },
        clock,
        database: { ...app.database, close: async () => {} },
      })
    const claims = decodeJwt(await other.signIn({ subject: 'mary', email: mary.email, emailVerified: true }))
    const token = await other.sign({ ...claims, exp: Number(claims.exp) + (2 * DAY) / 1000 })
    const ask = async (node: TestApp) => node.execute('{ viewer { ... on Agent { name } } }', { token })
    expect(await ask(await startNode())).toMatchObject({ data: { viewer: { name: 'Mary Jackson' } } })
    other.vanish()
    const restarted = await startNode()
    for (const later of [DAY - MINUTE, 0]) {
      expect(await ask(restarted)).toMatchObject({ data: { viewer: { name: 'Mary Jackson' } } })
      clock.advance(later)
    }
    expect(await ask(await startNode())).toMatchObject({ data: { viewer: { name: 'Mary Jackson' } } })
    clock.advance(MINUTE)
    expect(await ask(await startNode())).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })
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
