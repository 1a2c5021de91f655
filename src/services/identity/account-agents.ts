// Finds which agent an account of the provider is. In each workspace it is the agent that was bound to the account at an
// earlier sign-in, or else the one with the account's verified e-mail, who is bound to it now. From then on the account
// stays that agent's, whatever its e-mail. An administrator of another workspace can give any e-mail to an agent, so an
// agent with the e-mail alone never competes with a bound one: it must be chosen.
import type { Database } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { WorkspaceRequiredError } from '../../errors.ts'
import { withAsciiDomain } from '../input.ts'
import type { VerifiedToken } from './oidc-verifier.ts'

interface AccountAgent {
  id: string
  workspaceId: string
  oidcSubject: string | null
  workspace: { name: string }
}

/** @param options.workspaceId null: the only workspace in which the account is bound to an agent; while it is bound to
 *   none, the only one that has an agent with its e-mail
 * @returns the agent's id; null when the account is no agent anywhere
 * @throws WorkspaceRequiredError when the account is an agent in several workspaces and none was chosen, or not in the one
 *   that was chosen */
export async function findAccountAgent(
  database: Database,
  { account, workspaceId }: { account: VerifiedToken; workspaceId: string | null },
): Promise<string | null> {
  const agents = await readAgents(database, account)
  if (agents.length === 0) return null
  const bound = agents.filter((agent) => agent.oidcSubject !== null)
  const unchosen = bound.length > 0 ? bound : agents
  const [agent, ...others] =
    workspaceId === null ? unchosen : agents.filter((agent) => agent.workspaceId === workspaceId)
  if (agent === undefined || others.length > 0) {
    throw new WorkspaceRequiredError(
      agents.map(({ workspace, ...each }) => ({ id: each.workspaceId, ...workspace })),
    )
  }
  if (agent.oidcSubject !== null) return agent.id
  try {
    return await bind(database, { agentId: agent.id, subject: account.subject })
  } catch (error) {
    if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error
    // The account was bound to another agent of the workspace meanwhile, by a sign-in with another address.
    return findAccountAgent(database, { account, workspaceId })
  }
}

/** @returns at most one agent of each workspace */
async function readAgents(
  database: Database,
  { subject, email, emailVerified }: VerifiedToken,
): Promise<AccountAgent[]> {
  const address = email !== null && emailVerified ? toAgentAddress(email) : null
  const byEmail = address === null ? [] : [{ email: address, oidcSubject: null }]
  const agents = await database.agent.findMany({
    where: { removedAt: null, OR: [{ oidcSubject: subject }, ...byEmail] },
    select: { id: true, workspaceId: true, oidcSubject: true, workspace: { select: { name: true } } },
    orderBy: { workspaceId: 'asc' },
  })
  const bound = new Set(agents.flatMap((agent) => (agent.oidcSubject === null ? [] : agent.workspaceId)))
  return agents.filter((agent) => agent.oidcSubject !== null || !bound.has(agent.workspaceId))
}

/** Unicode's lower case of some other letters is a Latin one (KELVIN SIGN becomes k), which would make the account somebody
 * else's. No agent's address has such letters, apart from its domain.
 * @returns the address as an agent can have it; null when none can */
function toAgentAddress(email: string): string | null {
  const address = withAsciiDomain(email)
  return /[^\x21-\x7e]/.test(address) ? null : address.toLowerCase()
}

/** @returns null when another account was bound to the agent meanwhile */
async function bind(
  database: Database,
  { agentId, subject }: { agentId: string; subject: string },
): Promise<string | null> {
  await database.agent.updateMany({
    where: { id: agentId, oidcSubject: null },
    data: { oidcSubject: subject },
  })
  const { oidcSubject } = await database.agent.findUniqueOrThrow({ where: { id: agentId } })
  return oidcSubject === subject ? agentId : null
}
