import { expect, it } from 'vitest'
import type { Database } from '../../../src/database/open.ts'
import { findAccountAgent } from '../../../src/services/identity/account-agents.ts'
import { anAgent, useScene } from '../../kit/scene.ts'

const { ada, beth, database } = useScene({ ada: anAgent, beth: anAgent })

/** The database, in which the account is bound to another agent just before this call binds it. */
function boundMeanwhile(agentId: string, oidcSubject: string): Database {
  const { agent } = database
  const racing = {
    findMany: agent.findMany.bind(agent),
    findUniqueOrThrow: agent.findUniqueOrThrow.bind(agent),
    updateMany: async (change: Parameters<typeof agent.updateMany>[0]) => {
      await agent.update({ where: { id: agentId }, data: { oidcSubject } })
      return agent.updateMany(change)
    },
  }
  return { agent: racing } as unknown as Database
}

it('an account that signs in with two addresses at the same time is the agent that it was bound to first', async () => {
  const account = { subject: 'moved', email: ada.email, emailVerified: true, expiresAt: new Date() }
  const racing = boundMeanwhile(beth.agentId, account.subject)
  expect(await findAccountAgent(racing, { account, workspaceId: null })).toBe(beth.agentId)
  expect(await findAccountAgent(database, { account, workspaceId: null })).toBe(beth.agentId)
})
