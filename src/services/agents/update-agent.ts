// Changes an agent's name, e-mail, picture, roles or slug. The account of a built-in calendar is the agent's e-mail, so it
// changes too.
import { z } from 'zod'
import type { Agent } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { type NewEvent, newEvent } from '../events/new-events.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { requirePermission, requireStaff, type Viewer } from '../identity/viewer.ts'
import { email, line, MAX_NAME_LENGTH, parseInput, webUrl } from '../input.ts'
import { attendeeAddressJob } from '../jobs.ts'
import { slugInput, updateBookable } from '../routing/bookables.ts'
import { runTransaction } from '../transaction.ts'
import { emailTaken } from './create-agent.ts'
import { requireAdministrator } from './require-administrator.ts'
import { requireRoles } from './require-roles.ts'

const updateAgentInput = z.object({
  agentId: z.string().nullish(),
  name: line(MAX_NAME_LENGTH).nullish(),
  email: email.nullish(),
  pictureUrl: webUrl.nullish(),
  roleIds: z.array(z.string()).nullish(),
  slug: slugInput.nullish(),
  publiclyBookable: z.boolean().nullish(),
})

type UpdateAgentInput = z.input<typeof updateAgentInput>

/** Omitted and null fields keep their values, except that null removes the picture.
 * @param raw.agentId the viewer when omitted
 * @returns the agent afterwards
 * @throws ForbiddenError without MANAGE_AGENTS, except for the viewer's own name, picture and slug
 * @throws InvalidInputError
 * @throws NotFoundError for an agent or a role the workspace does not have
 * @throws ConflictError when the e-mail belongs to another agent, the slug to another agent or team, or the last
 *   administrator would lose the role */
export async function updateAgent(context: RequestContext, raw: UpdateAgentInput): Promise<Agent> {
  const { workspaceId, agentId } = requireMayUpdate(context.viewer, raw)
  const { name, email, pictureUrl, roleIds, slug, publiclyBookable } = parseInput(updateAgentInput, raw)
  try {
    return await runTransaction(context, async (tx) => {
      await lockUniqueValues(tx, ...uniqueValues(workspaceId, { email, slug }))
      const before = email ? await tx.agent.findFirst({ where: { id: agentId, workspaceId } }) : null
      noteLocks(tx, 'agent', [agentId])
      const [updated] = await tx.agent.updateManyAndReturn({
        where: { id: agentId, workspaceId, removedAt: null },
        data: { name: name ?? undefined, email: email ?? undefined, pictureUrl },
      })
      if (updated === undefined) throw new NotFoundError('input.agentId')
      await updateBookable(tx, { workspaceId, agentId, slug, publiclyBookable })
      await updateBuiltInCalendar(tx, updated)
      if (before && before.email !== updated.email) {
        const job = attendeeAddressJob({ attendee: { agentId }, previousAddress: before.email })
        await context.jobs.enlist(tx, 'attendee-address', [job])
      }
      if (roleIds) await replaceRoles(tx, { workspaceId, agentId, roleIds })
      const events: NewEvent[] = [newEvent.agentChanged({ agentId })]
      if (roleIds) events.push(newEvent.accessChanged({ agentId }))
      await appendEvents(tx, { workspaceId, at: context.clock.now(), events })
      return updated
    })
  } catch (error) {
    throw emailTaken(error) ?? error
  }
}

/** The values that are about to change. */
function uniqueValues(workspaceId: string, { email, slug }: Pick<UpdateAgentInput, 'email' | 'slug'>) {
  return [
    ...(email ? [{ workspaceId, of: 'agent e-mail' } as const] : []),
    ...(slug ? [{ workspaceId, of: 'slug' } as const] : []),
  ]
}

function requireMayUpdate(
  viewer: Viewer,
  { agentId, email, roleIds, publiclyBookable }: UpdateAgentInput,
): { workspaceId: string; agentId: string } {
  const staff = requireStaff(viewer)
  const own = { workspaceId: staff.workspaceId, agentId: agentId ?? staff.agentId }
  const isOwn = own.agentId === staff.agentId && !email && !roleIds && (publiclyBookable ?? null) === null
  if (!isOwn) requirePermission(viewer, 'MANAGE_AGENTS')
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

async function updateBuiltInCalendar(tx: Transaction, { id, email }: Agent): Promise<void> {
  const updated = await tx.calendarConnection.updateManyAndReturn({
    where: { agentId: id, provider: 'BUILT_IN' },
    data: { accountEmail: email },
    select: { id: true },
  })
  noteLocks(
    tx,
    'connection',
    updated.map((connection) => connection.id),
  )
}
