// Creates a team, or replaces its name and its agents. The agents of a team take turns in the order given.
import { z } from 'zod'
import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { ConflictError, NotFoundError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { once } from '../idempotency.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { fault, idempotencyKey, line, MAX_NAME_LENGTH, parseInput } from '../input.ts'
import { requireAll } from '../require-all.ts'
import { type BookableInput, createBookable, slugInput, updateBookable } from '../routing/bookables.ts'
import { movePointerOff } from '../routing/leave-pools.ts'
import { runTransaction } from '../transaction.ts'
import { lockTeam } from './lock-team.ts'

export const MAX_TEAM_AGENTS = 500

const saveTeamInput = z.object({
  teamId: z.string().nullish(),
  name: line(MAX_NAME_LENGTH),
  agentIds: z
    .array(z.string())
    .max(MAX_TEAM_AGENTS, `Must be at most ${MAX_TEAM_AGENTS} agents.`)
    .superRefine((agentIds, check) => {
      for (const [index, agentId] of agentIds.entries()) {
        if (agentIds.indexOf(agentId) === index) continue
        check.addIssue({
          code: 'custom',
          path: [index],
          ...fault('DUPLICATE', 'Must not occur twice in the list.'),
        })
      }
    }),
  slug: slugInput.nullish(),
  publiclyBookable: z.boolean().nullish(),
  idempotencyKey,
})

/** When the agent served last leaves the team, the pointer moves to the closest agent before it in the old order who
 * stays.
 * @param raw.teamId the team to replace; a new team when omitted
 * @param read reads the answer in the same transaction: afterwards the team may be deleted; null for a team that is gone
 * @returns what `read` returned
 * @throws ForbiddenError without MANAGE_ROUTING
 * @throws InvalidInputError
 * @throws NotFoundError for a team or an agent the workspace does not have
 * @throws ConflictError when another team has the name, another agent or team the slug, or the key was used before with other input */
export async function saveTeam<Answer>(
  context: RequestContext,
  raw: z.input<typeof saveTeamInput>,
  read: (tx: Transaction, teamId: string) => Promise<Answer | null>,
): Promise<Answer> {
  const viewer = requirePermission(context.viewer, 'MANAGE_ROUTING')
  const { teamId: existingId, idempotencyKey: key, ...input } = parseInput(saveTeamInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key, operation: 'saveTeam', input: raw, now }
  const data = { ...input, workspaceId }
  try {
    return await runTransaction(context, async (tx) => {
      const teamId = await once(tx, call, async () => {
        await lockUniqueValues(tx, { workspaceId, of: 'team name' }, { workspaceId, of: 'slug' })
        const saved = existingId
          ? await replaceTeam(tx, { ...data, teamId: existingId })
          : await createTeam(tx, data)
        const agentIds = await setMembers(tx, { ...data, teamId: saved })
        const events = [newEvent.teamChanged({ teamId: saved, agentIds })]
        await appendEvents(tx, { workspaceId, at: now, events })
        return saved
      })
      const team = await read(tx, teamId)
      // A retry with the same key may come after the team was deleted.
      if (team === null) throw new NotFoundError('input.teamId')
      return team
    })
  } catch (error) {
    if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error
    throw new ConflictError('NAME_TAKEN', 'Another team of the workspace has this name.')
  }
}

interface TeamData extends BookableInput {
  workspaceId: string
  name: string
  agentIds: string[]
}

/** @returns the team's id */
async function createTeam(tx: Transaction, input: TeamData): Promise<string> {
  const { workspaceId, name, slug, publiclyBookable } = input
  const { id } = await tx.team.create({
    data: { workspaceId, name, pools: { create: [{ kind: 'MEETING' }, { kind: 'LIVE_CHAT' }] } },
  })
  await createBookable(tx, { workspaceId, teamId: id, name, slug, publiclyBookable })
  return id
}

/** @returns the team's id */
async function replaceTeam(tx: Transaction, input: TeamData & { teamId: string }): Promise<string> {
  const { team, pools } = await lockTeam(tx, input)
  for (const pool of pools) {
    const removed = pool.agentIds.filter((agentId) => !input.agentIds.includes(agentId))
    await movePointerOff(tx, { pool, removed })
  }
  await tx.team.update({ where: { id: team.id }, data: { name: input.name } })
  const { workspaceId, slug, publiclyBookable } = input
  await updateBookable(tx, { workspaceId, teamId: team.id, slug, publiclyBookable })
  return team.id
}

/** @returns the ids of the agents who joined or left */
async function setMembers(tx: Transaction, input: TeamData & { teamId: string }): Promise<string[]> {
  const { teamId, workspaceId, agentIds } = input
  const where = { id: { in: agentIds }, workspaceId, removedAt: null }
  const known = await tx.agent.findMany({ where, select: { id: true } })
  requireAll(known, { ids: agentIds, field: 'input.agentIds' })
  const members = await tx.teamMember.findMany({ where: { teamId }, select: { agentId: true } })
  const before = members.map(({ agentId }) => agentId)
  await tx.teamMember.deleteMany({ where: { teamId } })
  await tx.teamMember.createMany({
    data: agentIds.map((agentId, index) => ({ workspaceId, teamId, agentId, position: index + 1 })),
  })
  return [...agentIds, ...before].filter((agentId) => agentIds.includes(agentId) !== before.includes(agentId))
}
