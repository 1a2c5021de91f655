// Writes reservations: time of an agent for a meeting that stands or for a hold. A transaction first locks the agent's
// calendar, finds the time free under this lock (database/locks.ts), and then writes the reservation once. As a safety
// net, the database refuses reservations that overlap.
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
  /** The end plus the buffer. */
  blockedUntil: Date
}

/** For whom a time is held. */
export interface HeldPurpose {
  holder: string
  heldAt: Date
  expiresAt: Date
  /** From which client address, see `clientKeyOf`. */
  address: string | null
}

interface NewReservation extends AgentTime {
  /** A hold, or a meeting that exists. */
  purpose: HeldPurpose | { meetingId: string }
  /** The decision that chose the agent. */
  decisionId: string
}

const NO_HOLD = { holder: null, heldAt: null, expiresAt: null, address: null }

/** @returns null when a reservation that was written without the calendar's lock takes the time */
export async function reserve(tx: Transaction, time: NewReservation): Promise<Reservation | null> {
  const { workspaceId, agentId, startsAt, endsAt, blockedUntil, purpose, decisionId } = time
  const isHold = 'holder' in purpose
  const { holder, heldAt, expiresAt, address } = isHold ? purpose : NO_HOLD
  const meetingId = isHold ? null : purpose.meetingId
  noteLocks(tx, 'reservation', [''])
  const [reservation] = await tx.$queryRaw<Reservation[]>`
    INSERT INTO "Reservation" ("id", "workspaceId", "agentId", "startsAt", "endsAt", "blockedUntil",
      "holder", "holderAddress", "heldAt", "expiresAt", "decisionId", "meetingId")
    VALUES (${uuidv7()}::uuid, ${workspaceId}::uuid, ${agentId}::uuid, ${startsAt}::timestamptz,
      ${endsAt}::timestamptz, ${blockedUntil}::timestamptz,
      ${holder}, ${address}, ${heldAt}::timestamptz, ${expiresAt}::timestamptz, ${decisionId}::uuid, ${meetingId}::uuid)
    ON CONFLICT DO NOTHING
    RETURNING *`
  return reservation ?? null
}

/** Moves the reservation of a meeting, also to another agent. Creates one for a meeting without: the agent had moved it
 * onto another meeting in the calendar.
 * @throws the database's exclusion violation when the time is taken */
export async function moveReservation(
  tx: Transaction,
  { id: meetingId }: Pick<Meeting, 'id'>,
  { workspaceId, ...time }: AgentTime,
): Promise<void> {
  noteLocks(tx, 'reservation', [''])
  const { count } = await tx.reservation.updateMany({ where: { meetingId }, data: time })
  if (count === 0) await tx.reservation.create({ data: { workspaceId, meetingId, ...time } })
}

/** Frees the time of a meeting by deleting its reservation. */
export async function freeTime(tx: Transaction, meetingId: string): Promise<void> {
  noteLocks(tx, 'reservation', [''])
  await tx.reservation.deleteMany({ where: { meetingId } })
}

/** A hold with another agent than the one whose time is taken: the agent's slot is free again. */
export type DroppedHold = Pick<Reservation, 'agentId'>

/** Moves a meeting to a time that was found free.
 * @returns see `makeRoom`
 * @throws SlotRefused when a reservation that was written without the calendar's lock takes the time */
export async function takeNewTime(
  tx: Transaction,
  move: { meeting: Meeting; time: AgentTime; callers: string[]; now: Date; request: RefusedRequest },
): Promise<DroppedHold[]> {
  const { meeting, time, request } = move
  const dropped = await makeRoom(tx, move)
  try {
    await moveReservation(tx, meeting, time)
  } catch (error) {
    if (sqlStateOf(error) !== EXCLUSION_VIOLATION) throw error
    throw new SlotRefused('TAKEN', request)
  }
  return dropped
}

/** Makes room for a new reservation. Drops the expired holds in its way, which stay in the table until their time is
 * needed, and the present holds of the callers, because a caller has at most one hold and a booking ends it.
 * @param room.callers see `callerOf`; locked
 * @returns the holds with other agents, which must be published */
export async function makeRoom(
  tx: Transaction,
  { time, callers, now }: { time: AgentTime; callers: string[]; now: Date },
): Promise<DroppedHold[]> {
  const { agentId, startsAt, blockedUntil } = time
  const holds = lockingReservations(
    tx,
    Prisma.sql`"holder" = ANY (${callers}) AND "expiresAt" > ${now}::timestamptz
      OR "agentId" = ${agentId}::uuid AND "expiresAt" <= ${now}::timestamptz
      AND tstzrange("startsAt", "blockedUntil") && tstzrange(${startsAt}::timestamptz, ${blockedUntil}::timestamptz)`,
  )
  const dropped = await tx.$queryRaw<DroppedHold[]>`
    DELETE FROM "Reservation" WHERE "id" IN (${holds}) RETURNING "agentId"`
  return dropped.filter((hold) => hold.agentId !== agentId)
}
