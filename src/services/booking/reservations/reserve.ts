// Writes reservations: an agent's time, for a meeting that stands or for a hold. The database refuses two that overlap.
import { v7 as uuidv7 } from 'uuid'
import type { Meeting, Reservation } from '../../../database/generated/client/client.ts'
import type { Transaction } from '../../../database/open.ts'

export interface AgentTime {
  agentId: string
  startsAt: Date
  /** End and buffer. */
  blockedUntil: Date
}

interface NewReservation extends AgentTime {
  workspaceId: string
  endsAt: Date
  /** A hold, or a meeting that exists. */
  purpose: { holder: string; expiresAt: Date; decisionId: string } | { meetingId: string }
  now: Date
}

/** @returns null when the time was taken in this moment, or the agent was removed or disconnected */
export async function reserve(tx: Transaction, time: NewReservation): Promise<Reservation | null> {
  const { workspaceId, agentId, startsAt, endsAt, blockedUntil } = time
  if (!(await lockBookableAgent(tx, agentId))) return null
  await dropExpiredHolds(tx, time)
  const { holder, expiresAt, decisionId, meetingId } = {
    ...{ holder: null, expiresAt: null, decisionId: null, meetingId: null },
    ...time.purpose,
  }
  const [reservation] = await tx.$queryRaw<Reservation[]>`
    INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil",
      "holder", "expiresAt", "decisionId", "meetingId")
    VALUES (${uuidv7()}::uuid, ${workspaceId}::uuid, ${agentId}::uuid, ${startsAt}::timestamptz,
      ${endsAt}::timestamptz, ${blockedUntil}::timestamptz,
      ${holder}, ${expiresAt}::timestamptz, ${decisionId}::uuid, ${meetingId}::uuid)
    ON CONFLICT DO NOTHING
    RETURNING *`
  return reservation ?? null
}

/** Moves the time that a meeting takes. One that the agent had moved onto another of their meetings had none.
 * @throws the database's exclusion violation when it is taken */
export async function moveReservation(
  tx: Transaction,
  { id: meetingId, workspaceId, agentId }: Pick<Meeting, 'id' | 'workspaceId' | 'agentId'>,
  time: { startsAt: Date; endsAt: Date; blockedUntil: Date },
): Promise<void> {
  const { count } = await tx.reservation.updateMany({ where: { meetingId }, data: time })
  if (count === 0) await tx.reservation.create({ data: { workspaceId, agentId, meetingId, ...time } })
}

/** Whoever removes the agent or disconnects the calendar waits until the transaction is over; and what was committed
 * since the agent was chosen is seen.
 * @returns false when it is too late */
export async function lockBookableAgent(tx: Transaction, agentId: string): Promise<boolean> {
  const agents = await tx.$queryRaw<unknown[]>`
    SELECT a."id" FROM "Agent" a JOIN "CalendarConnection" c ON c."agentId" = a."id"
    WHERE a."id" = ${agentId}::uuid AND a."removedAt" IS NULL AND c."status" = 'CONNECTED'
    FOR SHARE OF a, c`
  return agents.length > 0
}

/** Holds whose time is up do not count; whoever needs their time drops them. */
export async function dropExpiredHolds(tx: Transaction, time: AgentTime & { now: Date }): Promise<void> {
  const { agentId, startsAt, blockedUntil, now } = time
  await tx.$executeRaw`
    DELETE FROM "Reservation"
    WHERE "agentId" = ${agentId}::uuid AND "expiresAt" <= ${now}::timestamptz
      AND tstzrange("startsAt", "blockedUntil") && tstzrange(${startsAt}::timestamptz, ${blockedUntil}::timestamptz)`
}

/** Nobody holds two slots: a hold ends with the next one of the same caller, and with what the caller books. Calls of
 * one caller wait for each other from here on.
 * @param callers see `callerOf` */
export async function endHolds(tx: Transaction, ...callers: string[]): Promise<void> {
  for (const caller of callers)
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${caller}, 0))`
  await tx.reservation.deleteMany({ where: { holder: { in: callers } } })
}
