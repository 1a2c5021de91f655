// Writes reservations: an agent's time, for a meeting that stands or for a hold. Each is written once, by whoever has the
// lock of the agent's calendar and found the time free under it (database/locks.ts). The database refuses two that overlap.
import { v7 as uuidv7 } from 'uuid'
import { type Meeting, Prisma, type Reservation } from '../../../database/generated/client/client.ts'
import { noteLocks } from '../../../database/lock-order.ts'
import { lockingReservations } from '../../../database/locks.ts'
import type { Transaction } from '../../../database/open.ts'
import { EXCLUSION_VIOLATION, sqlStateOf } from '../../../database/sql-state.ts'
import { type RefusedRequest, SlotRefused } from './refusal.ts'

export interface AgentTime {
  workspaceId: string
  agentId: string
  startsAt: Date
  endsAt: Date
  /** End and buffer. */
  blockedUntil: Date
}

interface NewReservation extends AgentTime {
  /** A hold, or a meeting that exists. */
  purpose: { holder: string; expiresAt: Date } | { meetingId: string }
  /** The decision that chose the agent. */
  decisionId: string
}

/** @returns null when the time is taken all the same, by something that was written without the lock of the calendar */
export async function reserve(tx: Transaction, time: NewReservation): Promise<Reservation | null> {
  const { workspaceId, agentId, startsAt, endsAt, blockedUntil, purpose, decisionId } = time
  const { holder, expiresAt, meetingId } = { holder: null, expiresAt: null, meetingId: null, ...purpose }
  noteLocks(tx, 'reservation', [''])
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

/** Moves the time that a meeting takes, also to another agent. One that the agent had moved onto another of their meetings
 * had none.
 * @throws the database's exclusion violation when it is taken */
export async function moveReservation(
  tx: Transaction,
  { id: meetingId }: Pick<Meeting, 'id'>,
  { workspaceId, ...time }: AgentTime,
): Promise<void> {
  noteLocks(tx, 'reservation', [''])
  const { count } = await tx.reservation.updateMany({ where: { meetingId }, data: time })
  if (count === 0) await tx.reservation.create({ data: { workspaceId, meetingId, ...time } })
}

/** Frees the time of a meeting. */
export async function freeTime(tx: Transaction, meetingId: string): Promise<void> {
  noteLocks(tx, 'reservation', [''])
  await tx.reservation.deleteMany({ where: { meetingId } })
}

/** Moves a meeting to a time that was found free.
 * @throws SlotRefused when it is taken all the same */
export async function takeNewTime(
  tx: Transaction,
  move: { meeting: Meeting; time: AgentTime; callers: string[]; now: Date; request: RefusedRequest },
): Promise<void> {
  const { meeting, time, request } = move
  await makeRoom(tx, move)
  try {
    await moveReservation(tx, meeting, time)
  } catch (error) {
    if (sqlStateOf(error) !== EXCLUSION_VIOLATION) throw error
    throw new SlotRefused('TAKEN', request)
  }
}

/** Makes room for a reservation that is to be written. Holds whose time is up do not count: whoever needs their time drops
 * them. And nobody holds two slots: a hold ends with the next one of the same caller, and with what the caller books.
 * @param room.callers see `callerOf`; locked */
export async function makeRoom(
  tx: Transaction,
  { time, callers, now }: { time: AgentTime; callers: string[]; now: Date },
): Promise<void> {
  const { agentId, startsAt, blockedUntil } = time
  const holds = lockingReservations(
    tx,
    Prisma.sql`"holder" = ANY (${callers}) AND "expiresAt" > ${now}::timestamptz
      OR "agentId" = ${agentId}::uuid AND "expiresAt" <= ${now}::timestamptz
      AND tstzrange("startsAt", "blockedUntil") && tstzrange(${startsAt}::timestamptz, ${blockedUntil}::timestamptz)`,
  )
  await tx.$executeRaw`DELETE FROM "Reservation" WHERE "id" IN (${holds})`
}
