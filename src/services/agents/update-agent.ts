// Changes an agent's name, address, picture or roles. The calendar of our own goes by the agent's e-mail, and
// follows it.
import { z } from 'zod'
import type { Agent } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { accessChanged, appendEvents } from '../events/append-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission, requireStaff, type Viewer } from '../identity/viewer.ts'
import { email, line, parseInput, webUrl } from '../input.ts'
import { runTransaction } from '../transaction.ts'
import { emailTaken, MAX_NAME_LENGTH } from './create-agent.ts'
import { requireAdministrator } from './require-administrator.ts'
import { requireRoles } from './require-roles.ts'

const updateAgentInput = z.object({
  agentId: z.string().nullish(),
  name: line(MAX_NAME_LENGTH).nullish(),
  email: email.nullish(),
  pictureUrl: webUrl.nullish(),
  roleIds: z.array(z.string()).nullish(),
})

type UpdateAgentInput = z.input<typeof updateAgentInput>

/** What is left out keeps its value; so does all but the picture that is null.
 * @param raw.agentId left out: the viewer
 * @returns the agent afterwards
 * @throws ForbiddenError without MANAGE_AGENTS, except for one's own name and picture
 * @throws InvalidInputError
 * @throws NotFoundError for an agent or a role the workspace does not have
 * @throws ConflictError when the e-mail belongs to another agent, or nobody would be administrator any more */
export async function updateAgent(context: RequestContext, raw: UpdateAgentInput): Promise<Agent> {
  const { workspaceId, agentId } = requireMayUpdate(context.viewer, raw)
  const { name, email, pictureUrl, roleIds } = parseInput(updateAgentInput, raw)
  try {
    return await runTransaction(context, async (tx) => {
      noteLocks(tx, 'agent', [agentId])
      const [updated] = await tx.agent.updateManyAndReturn({
        where: { id: agentId, workspaceId, removedAt: null },
        data: { name: name ?? undefined, email: email ?? undefined, pictureUrl },
      })
      if (updated === undefined) throw new NotFoundError('agentId')
      await followEmail(tx, updated)
      if (roleIds) {
        await replaceRoles(tx, { workspaceId, agentId: updated.id, roleIds })
        const events = [accessChanged(updated.id)]
        await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
      }
      return updated
    })
  } catch (error) {
    throw emailTaken(error) ?? error
  }
}

function requireMayUpdate(
  viewer: Viewer,
  { agentId, email, roleIds }: UpdateAgentInput,
): { workspaceId: string; agentId: string } {
  const staff = requireStaff(viewer)
  const own = { workspaceId: staff.workspaceId, agentId: agentId ?? staff.agentId }
  if (own.agentId !== staff.agentId || email || roleIds) requirePermission(viewer, 'MANAGE_AGENTS')
  return own
}

async function replaceRoles(
  tx: Transaction,
  { workspaceId, agentId, roleIds }: { workspaceId: string; agentId: string; roleIds: string[] },
): Promise<void> {
  const found = await requireRoles(tx, { workspaceId, roleIds })
  await tx.agentRole.deleteMany({ where: { agentId } })
  await tx.agentRole.createMany({ data: found.map((roleId) => ({ workspaceId, agentId, roleId })) })
  await requireAdministrator(tx, workspaceId)
}

async function followEmail(tx: Transaction, { id, email }: Agent): Promise<void> {
  await tx.calendarConnection.updateMany({
    where: { agentId: id, provider: 'BUILT_IN' },
    data: { accountEmail: email },
  })
}
