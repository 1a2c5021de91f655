import { beforeEach, describe, expect, it } from 'vitest'
import { createTestAgent, createTestWorkspace } from '../kit/actors.ts'
import { createVisitor } from '../kit/booking.ts'
import { hashWith, identifyVisitor, identitySecretOf, visitorOf } from '../kit/people.ts'
import { useScene } from '../kit/scene.ts'

const GRACE = 'grace@navy.example'
const IDENTITY_HASH = ['input', 'identityHash']

const { app, acme, admin, database, mutate } = useScene({})
let secret: string

beforeEach(async () => {
  secret = await identitySecretOf(app, acme)
})

const identify = (token: string, input: object) => identifyVisitor(app, token, input)
const isVerified = async (token: string) => (await visitorOf(app, token)).verified
const replaceSecret = (token: string, input: object = {}) =>
  mutate({
    mutation: 'replaceIdentitySecret',
    input,
    token,
    select: '... on Workspace { identitySecret }',
  })

describe('the identity secret', () => {
  it('is 32 bytes, different for each workspace', async () => {
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    expect(await identitySecretOf(app, globex)).not.toBe(secret)
  })

  it('is shown and replaced with MANAGE_PRIVACY_AND_SECURITY only', async () => {
    const plain = await createTestAgent(app, acme, 'Beth Moore')
    const query = '{ workspace { name identitySecret } }'
    for (const token of [plain.token, await createVisitor(app, acme)]) {
      const answer = await app.execute(query, { token })
      expect(answer).toMatchObject({
        data: { workspace: { name: 'Acme', identitySecret: null } },
        errors: [{ path: ['workspace', 'identitySecret'], extensions: { code: 'FORBIDDEN' } }],
      })
      expect((await replaceSecret(token)).__typename).toBe('ForbiddenError')
    }
    expect(await replaceSecret(plain.token)).toMatchObject({ permission: 'MANAGE_PRIVACY_AND_SECURITY' })
    expect(await identitySecretOf(app, acme)).toBe(secret)
  })

  it('once replaced, verifies no visitor, and those that it had verified are no longer verified', async () => {
    const globex = await createTestWorkspace(app, { name: 'Globex' })
    const foreign = await identitySecretOf(app, globex)
    const token = await createVisitor(app, acme)
    await identify(token, { person: { email: GRACE }, identityHash: hashWith(secret, GRACE) })
    expect(await isVerified(token)).toBe(true)
    const { identitySecret } = await replaceSecret(admin.token)
    expect(identitySecret).toBe(await identitySecretOf(app, acme))
    expect(identitySecret).not.toBe(secret)
    expect(await isVerified(token)).toBe(false)
    const person = { email: GRACE }
    const stale = await identify(token, { person, identityHash: hashWith(secret, GRACE) })
    expect(stale).toMatchObject({ issues: [{ path: IDENTITY_HASH }] })
    await identify(token, { person, identityHash: hashWith(String(identitySecret), GRACE) })
    expect(await isVerified(token)).toBe(true)
    expect(await identitySecretOf(app, globex)).toBe(foreign)
  })

  it('is replaced once for each idempotency key', async () => {
    const call = { idempotencyKey: 'leaked' }
    const first = await replaceSecret(admin.token, call)
    expect(await replaceSecret(admin.token, call)).toEqual(first)
    const second = await replaceSecret(admin.token, { idempotencyKey: 'leaked again' })
    expect(second.identitySecret).not.toBe(first.identitySecret)
  })

  it('replaced while visitors identify themselves, leaves no visitor verified by the old secret', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => createVisitor(app, acme)))
    const identityHash = hashWith(secret, GRACE)
    const said = tokens.map((token) => identify(token, { person: { email: GRACE }, identityHash }))
    const [replaced] = await Promise.all([replaceSecret(admin.token), ...said])
    expect(replaced.__typename).toBe('Workspace')
    const { workspaceId } = acme
    expect(await database.visitor.count({ where: { workspaceId, verified: true } })).toBe(0)
    expect(app.faults).toEqual([])
  })
})
