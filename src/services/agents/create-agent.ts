// Adds a person to the workspace's staff. A new agent has empty hours and no calendar, and so offers no slots yet.
import { z } from 'zod'
import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { ConflictError } from '../../errors.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { once } from '../idempotency.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { email, idempotencyKey, line, MAX_NAME_LENGTH, parseInput, webUrl } from '../input.ts'
import { joinTurns } from '../routing/join-turns.ts'
import { readPool } from '../routing/pool.ts'
import { runTransaction } from '../transaction.ts'
import { requireRoles } from './require-roles.ts'

/** The hours for meetings of a new agent, who has no blocks yet. */
export const MEETING_DEFAULTS = {
  durationMinutes: 30,
  bufferMinutes: 0,
  minimumNoticeMinutes: 1440,
  bookingWindowDays: 60,
}

const createAgentInput = z.object({
  name: line(MAX_NAME_LENGTH),
  email,
  pictureUrl: webUrl.nullish(),
  roleIds: z.array(z.string()).nullish(),
  idempotencyKey,
})

/** @returns the new agent
 * @throws ForbiddenError without MANAGE_AGENTS
 * @throws InvalidInputError
 * @throws NotFoundError for a role the workspace does not have
 * @throws ConflictError when the e-mail belongs to another agent of the workspace, or the key was used before with
 *   other input */
export async function createAgent(context: RequestContext, raw: z.input<typeof createAgentInput>) {
  const viewer = requirePermission(context.viewer, 'MANAGE_AGENTS')
  const input = parseInput(createAgentInput, raw)
  const { workspaceId } = viewer
  const now = context.clock.now()
  const call = { workspaceId, caller: callerOf(viewer), key: input.idempotencyKey, operation: 'createAgent' }
  try {
    return await runTransaction(context, async (tx) => {
      const agentId = await once(tx, { ...call, input: raw, now }, async () => {
        const roleIds = await requireRoles(tx, { workspaceId, roleIds: input.roleIds ?? null })
        const created = { ...input, pictureUrl: input.pictureUrl ?? null, workspaceId, roleIds, now }
        const agentId = await insertAgent(tx, created)
        const events = [newEvent.agentChanged({ agentId }), newEvent.routingChanged({ kind: 'LIVE_CHAT' })]
        await appendEvents(tx, { workspaceId, at: now, events })
        return agentId
      })
      return tx.agent.findUniqueOrThrow({ where: { id: agentId } })
    })
  } catch (error) {
    throw emailTaken(error) ?? error
  }
}

interface NewAgent {
  workspaceId: string
  name: string
  email: string
  pictureUrl: string | null
  roleIds: string[]
  now: Date
}

/** Inserts the agent with empty hours in the workspace's zone, last in the turns for live chats.
 * @returns the agent's id */
export async function insertAgent(tx: Transaction, agent: NewAgent): Promise<string> {
  const { workspaceId } = agent
  await lockUniqueValues(tx, { workspaceId, of: 'agent e-mail' })
  // Locked, so that no other transaction takes the same place in the turns.
  await readPool(tx, { workspaceId, kind: 'LIVE_CHAT', target: { roundRobin: true }, lock: true })
  const { timeZone } = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const closed = { timeZone, weekly: [], overrides: [] }
  const created = await tx.agent.create({
    data: {
      workspaceId,
      name: agent.name,
      email: agent.email,
      pictureUrl: agent.pictureUrl,
      createdAt: agent.now,
      roles: { create: agent.roleIds.map((roleId) => ({ roleId })) },
      meetingAvailability: { create: { ...closed, ...MEETING_DEFAULTS } },
      liveChatAvailability: { create: closed },
    },
  })
  await joinTurns(tx, { workspaceId, agentId: created.id, kind: 'LIVE_CHAT' })
  return created.id
}

/** @returns a ConflictError when the database refused the e-mail as a duplicate, otherwise null */
export function emailTaken(error: unknown): ConflictError | null {
  return sqlStateOf(error) === UNIQUE_VIOLATION
    ? new ConflictError('ADDRESS_TAKEN', 'Another agent of the workspace has this address.')
    : null
}
