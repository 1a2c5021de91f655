// Adds a person to the workspace's staff. A new agent has the usual hours, and can be booked once a calendar is connected.
import { z } from 'zod'
import { lockUniqueValues } from '../../database/locks.ts'
import type { Transaction } from '../../database/open.ts'
import { sqlStateOf, UNIQUE_VIOLATION } from '../../database/sql-state.ts'
import { ConflictError } from '../../errors.ts'
import type { WeeklyBlock } from '../availability/rules.ts'
import { toWeeklyColumn } from '../availability/schedule.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { once } from '../idempotency.ts'
import type { RequestContext } from '../identity/request-context.ts'
import { callerOf, requirePermission } from '../identity/viewer.ts'
import { email, idempotencyKey, line, MAX_NAME_LENGTH, parseInput, webUrl } from '../input.ts'
import { createBookable } from '../routing/bookables.ts'
import { joinTurns } from '../routing/join-turns.ts'
import { readPool } from '../routing/pool.ts'
import { runTransaction } from '../transaction.ts'
import { requireRoles } from './require-roles.ts'

/** The settings for meetings of a new agent. */
export const MEETING_DEFAULTS = {
  durationMinutes: 30,
  bufferMinutes: 0,
  minimumNoticeMinutes: 1440,
  bookingWindowDays: 60,
}

/** The hours of a new agent, for meetings and for live chat: Monday to Friday, 09:00 to 17:00. */
export const USUAL_HOURS: WeeklyBlock[] = [1, 2, 3, 4, 5].map((weekday) => ({
  weekday,
  start: 9 * 60,
  end: 17 * 60,
}))

/** For descriptions. */
export const USUAL_HOURS_TEXT = 'Monday to Friday, 09:00 to 17:00 in the time zone of the workspace'

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
  /** Default: the workspace's. */
  timeZone?: string
  /** Default: the usual hours. */
  meetingHours?: WeeklyBlock[]
  /** Default: the usual hours. */
  chatHours?: WeeklyBlock[]
}

/** Inserts the agent, last in the turns for live chats.
 * @returns the agent's id */
export async function insertAgent(tx: Transaction, agent: NewAgent): Promise<string> {
  const { workspaceId } = agent
  await lockUniqueValues(tx, { workspaceId, of: 'agent e-mail' }, { workspaceId, of: 'slug' })
  // Locked, so that no other transaction takes the same place in the turns.
  await readPool(tx, { workspaceId, kind: 'LIVE_CHAT', target: { roundRobin: true }, lock: true })
  const workspace = await tx.workspace.findUniqueOrThrow({ where: { id: workspaceId } })
  const { timeZone = workspace.timeZone, meetingHours = USUAL_HOURS, chatHours = USUAL_HOURS } = agent
  const created = await tx.agent.create({
    data: {
      workspaceId,
      name: agent.name,
      email: agent.email,
      pictureUrl: agent.pictureUrl,
      createdAt: agent.now,
      roles: { create: agent.roleIds.map((roleId) => ({ roleId })) },
      meetingAvailability: {
        create: { timeZone, weekly: toWeeklyColumn(meetingHours), overrides: [], ...MEETING_DEFAULTS },
      },
      liveChatAvailability: { create: { timeZone, weekly: toWeeklyColumn(chatHours), overrides: [] } },
    },
  })
  await createBookable(tx, { workspaceId, agentId: created.id, name: agent.name })
  await joinTurns(tx, { workspaceId, agentId: created.id, kind: 'LIVE_CHAT' })
  return created.id
}

/** @returns a ConflictError when the database refused the e-mail as a duplicate, otherwise null */
export function emailTaken(error: unknown): ConflictError | null {
  return sqlStateOf(error) === UNIQUE_VIOLATION
    ? new ConflictError('ADDRESS_TAKEN', 'Another agent of the workspace has this address.')
    : null
}
