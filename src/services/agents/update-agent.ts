// Changes an agent's name, e-mail, picture, roles or slug. The account of a built-in calendar is the agent's e-mail, so it
// changes too.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Agent } from '../../database/generated/client/client.ts'
import { noteLocks } from '../../database/lock-order.ts'
import { lockAgentRow, lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
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
      const locked = await lockAgentRow(tx, { agentId, workspaceId })
      if (locked === null) throw new NotFoundError('input.agentId')
      const before = await readProfile(tx, agentId)
      const updated = await tx.agent.update({
        where: { id: agentId },
        data: { name: name ?? undefined, email: email ?? undefined, pictureUrl },
      })
      await updateBookable(tx, { workspaceId, agentId, slug, publiclyBookable })
      await updateBuiltInCalendar(tx, updated)
      if (locked.email !== updated.email) {
        const job = attendeeAddressJob({ attendee: { agentId }, previousAddress: locked.email })
        await context.jobs.enlist(tx, 'attendee-address', [job])
      }
      if (roleIds) await replaceRoles(tx, { workspaceId, agentId, roleIds })
      const events = changesOf({ agentId, before, after: await readProfile(tx, agentId) })
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

/** What this use case can change of an agent, in an order of its own. */
async function readProfile(tx: Transaction, agentId: string) {
  const { roles, ...profile } = await tx.agent.findUniqueOrThrow({
    where: { id: agentId },
    select: {
      ...{ name: true, email: true, pictureUrl: true },
      bookable: { select: { slug: true, publiclyBookable: true } },
      roles: { select: { roleId: true }, orderBy: { roleId: 'asc' } },
    },
  })
  return { profile, roles }
}

type Profile = Awaited<ReturnType<typeof readProfile>>

/** @returns no events if nothing differs */
function changesOf({ agentId, before, after }: Record<'before' | 'after', Profile> & { agentId: string }) {
  const access = isDeepStrictEqual(before.roles, after.roles) ? [] : [newEvent.accessChanged({ agentId })]
  return isDeepStrictEqual(before, after) ? [] : [newEvent.agentChanged({ agentId }), ...access]
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
