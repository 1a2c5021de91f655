// What tests of visitors and their people need: to say who somebody is, to vouch for it, and traces of a visit.
import { createHmac } from 'node:crypto'
import { encodeGlobalID } from '@pothos/plugin-relay'
import { hashToken } from '../../src/services/identity/signer.ts'
import type { TestWorkspace } from './actors.ts'
import { data, type TestApp } from './app.ts'
import { mutate, type Result } from './mutate.ts'

const PERSON_FIELDS = 'id known email firstName lastName'

/** As a visitor, with its token. */
export const identifyVisitor = (
  testApp: TestApp,
  token: string | undefined,
  input: object,
): Promise<Result> =>
  mutate(testApp, {
    mutation: 'identifyVisitor',
    input,
    select: `... on Person { ${PERSON_FIELDS} }`,
    ...(token === undefined ? {} : { token }),
  })

/** The person that a token belongs to. */
export async function personOf(
  testApp: TestApp,
  token: string,
): Promise<{ id: string; known: boolean; email: string | null; firstName: string | null }> {
  const query = `{ viewer { ... on Person { ${PERSON_FIELDS} } } }`
  return (await data<{ viewer: Awaited<ReturnType<typeof personOf>> }>(testApp.execute(query, { token })))
    .viewer
}

/** The person's own id, by which staff reads it. */
export const personIdOf = async (testApp: TestApp, token: string): Promise<string> =>
  personGlobalId((await visitorOf(testApp, token)).personId)

/** The workspace's secret, as an administrator reads it. */
export async function identitySecretOf(testApp: TestApp, { admin }: TestWorkspace): Promise<string> {
  const { workspace } = await data<{ workspace: { identitySecret: string } }>(
    testApp.execute('{ workspace { identitySecret } }', { token: admin.token }),
  )
  return workspace.identitySecret
}

/** What the customer's own server sends along for an e-mail. */
export const hashWith = (identitySecret: string, email: string): string =>
  createHmac('sha256', Buffer.from(identitySecret, 'hex')).update(email).digest('hex')

/** The row of the visitor that has a token. */
export const visitorOf = ({ app }: TestApp, token: string) =>
  app.services.database.visitor.findUniqueOrThrow({
    where: { tokenHash: Uint8Array.from(hashToken(token)) },
  })

/** A live chat that a visitor asked for: missed, unless an agent has it. */
export async function createConversation(
  testApp: TestApp,
  { token, agentId = null, ended = false }: { token: string; agentId?: string | null; ended?: boolean },
): Promise<string> {
  const { id: visitorId, personId, workspaceId } = await visitorOf(testApp, token)
  const now = testApp.clock.now()
  const active = agentId !== null && !ended
  const { id } = await testApp.app.services.database.conversation.create({
    data: {
      workspaceId,
      visitorId,
      personId,
      agentId,
      target: {},
      requestedAt: now,
      lastMessageAt: now,
      lastActiveAt: now,
      acceptedAt: agentId === null ? null : now,
      ...(active ? { state: 'ACTIVE' } : { state: agentId === null ? 'MISSED' : 'ENDED', endedAt: now }),
    },
  })
  return id
}

export const personGlobalId = (personId: string): string => encodeGlobalID('Person', personId)
