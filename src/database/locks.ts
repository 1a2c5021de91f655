// Every row lock and advisory lock of the application, by name. Transactions cannot deadlock, because each of them
// takes its locks in this order, and within one rank in the order of ids:
//
//  1. installation: the creation of the first workspace by one node (advisory)
//  2. idempotency key: services/idempotency.ts inserts its row, and a repeat of the call waits there
//  3. caller: calls of one caller that take or end holds (advisory)
//  4. workspace: its settings, its identity secret, and which dialogues are published
//  5. dialogue: its draft, and what uses attributes
//  6. visitor: which person it is bound to. The visitor's lock also protects an anonymous person
//  7. unique value: an e-mail or a name that is about to be given to a row or taken from it (advisory). Otherwise two
//     transactions that swap values would wait for each other in the unique index. A person's e-mail also serialises the
//     bookings of visitors who claim to be that person
//  8. person
//  9. conversation, with its offers and messages: an offer is settled under the lock of its conversation
// 10. dialogue session: where a visitor is in a dialogue
// 11. pool, with its team and the agents in it: MEETING before LIVE_CHAT
// 12. agent, with its roles, its browsers and its hours for live chat
// 13. calendar: everything that decides when an agent can be booked. A transaction that writes a reservation of an
//     agent, moves a meeting to or from the agent, cancels a meeting, edits the hours for meetings or disconnects the
//     calendar takes this lock first and reads under it. So this lock decides who gets a time; the exclusion constraint
//     of "Reservation" is only a safety net
// 14. connection: the row of the calendar's connection, with its credential, channels and busy times
// 15. reservation, and the seats of live chats (a seat is inserted, and ChatOffer's unique index decides who gets it)
// 16. place: an agent's place in the order of turns, with the time of the agent's last turn
// 17. meeting, with its calendar entries. The calendar's lock has already fixed its time and its agent
// 18. role: the administrators' role, so that at least one administrator remains
// 19. stream: events are written last, because each transaction that writes to a stream makes the next one wait
//
// Sometimes the row that names a later lock is read before that lock is taken: a meeting names its calendar, a turn
// names the agent. The transaction reads it again under the lock, and throws `RestartTransaction` if it changed. The
// calendar of a further candidate may come earlier in the order, so a transaction takes it only if it is free at once,
// and otherwise restarts too.
//
// Three things need no place in the order:
//  - A statement outside of a transaction that writes one row holds no lock while it waits. One that writes several
//    rows locks them in the order of ids, or skips those that are locked.
//  - The check of a foreign key (FOR KEY SHARE) waits only for a transaction that deletes the row or changes its key.
//    That is why rows that others refer to are locked FOR NO KEY UPDATE (docs/gotchas.md).
//  - A caller who ends a hold locks it without the calendar's lock. Only a transaction with the calendar's lock
//    competes for that hold, and neither of them takes another calendar afterwards.
//
// Tests turn on the watch in lock-order.ts.
import {
  type Conversation,
  type Dialogue,
  type Meeting,
  type Person,
  Prisma,
} from './generated/client/client.ts'
import type { RoutingKind } from './generated/client/enums.ts'
import { type LockRank, noteLocks } from './lock-order.ts'
import type { Transaction } from './open.ts'

/** Waits while another node creates the first workspace. */
export async function lockInstallation(tx: Transaction): Promise<void> {
  noteLocks(tx, 'installation', [''])
  // Any number that no other advisory lock uses.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7430001)`
}

/** @param callers see `callerOf` */
export async function lockCallers(tx: Transaction, callers: string[]): Promise<void> {
  noteLocks(tx, 'caller', callers)
  for (const caller of [...callers].sort()) await tx.$executeRaw(takingAdvisoryLock(caller))
}

/** Never waits, so it can be called out of order.
 * @returns false when another transaction has the lock */
export async function tryCaller(tx: Transaction, caller: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isLocked: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${caller}, 0)) AS "isLocked"`
  return row?.isLocked === true
}

const takingAdvisoryLock = (name: string) =>
  Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`

/** A value that is unique in its workspace. Names of teams and attributes, e-mails of agents and slugs change rarely, so one lock covers
 * all of them in a workspace. */
type UniqueValue = { workspaceId: string } & (
  | { of: 'agent e-mail' | 'attribute name' | 'slug' | 'team name' }
  | { of: 'person e-mail'; value: string }
)

const nameOfValue = ({ workspaceId, of, ...value }: UniqueValue) =>
  [of, workspaceId, ...Object.values(value)].join(' ')

/** Must be called before a unique value is written, with the old value and the new one, which can be the same. */
export async function lockUniqueValues(tx: Transaction, ...values: UniqueValue[]): Promise<void> {
  const names = [...new Set(values.map(nameOfValue))].sort()
  noteLocks(tx, 'unique value', names)
  for (const name of names) await tx.$executeRaw(takingAdvisoryLock(name))
}

/** Reads a person and locks its e-mail, if it has one. */
export async function lockEmailOfPerson(tx: Transaction, personId: string): Promise<Person> {
  const [person] = await tx.$queryRaw<Person[]>`
    WITH person AS MATERIALIZED (
      SELECT * FROM "Person" WHERE "id" = ${personId}::uuid
    ), locked AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(hashtextextended('person e-mail ' || "workspaceId" || ' ' || "email", 0))
      FROM person WHERE "email" IS NOT NULL
    )
    SELECT person.* FROM person LEFT JOIN locked ON true`
  if (person === undefined) throw new Error(`There is no person ${personId}.`)
  const { workspaceId, email } = person
  if (email !== null) {
    noteLocks(tx, 'unique value', [nameOfValue({ workspaceId, of: 'person e-mail', value: email })])
  }
  return person
}

/** Locks a known person, and the e-mail before it.
 * @returns the person as it is under the locks; null if it has another e-mail or was deleted meanwhile */
export async function lockPersonWithEmail(
  tx: Transaction,
  { workspaceId, personId, email }: { workspaceId: string; personId: string; email: string },
): Promise<Person | null> {
  const lockingEmail = lockingUniqueValue(tx, { workspaceId, of: 'person e-mail', value: email })
  noteLocks(tx, 'person', [personId])
  const [person] = await tx.$queryRaw<Person[]>`
    WITH locked AS MATERIALIZED (${lockingEmail})
    SELECT p.* FROM locked, "Person" p
    WHERE p."id" = ${personId}::uuid AND p."workspaceId" = ${workspaceId}::uuid AND p."email" = ${email}
    FOR NO KEY UPDATE OF p`
  return person ?? null
}

/** Like `lockUniqueValues`, but as a query with one row, for a CTE that is MATERIALIZED. */
export function lockingUniqueValue(tx: Transaction, value: UniqueValue): Prisma.Sql {
  const name = nameOfValue(value)
  noteLocks(tx, 'unique value', [name])
  return takingAdvisoryLock(name)
}

/** Prevents the identity secret from being replaced. Other transactions can share the lock. */
export async function shareWorkspace(
  tx: Transaction,
  workspaceId: string,
): Promise<{ identitySecret: Uint8Array } | null> {
  noteLocks(tx, 'workspace', [workspaceId])
  const [workspace] = await tx.$queryRaw<{ identitySecret: Uint8Array }[]>`
    SELECT "identitySecret" FROM "Workspace" WHERE "id" = ${workspaceId}::uuid FOR SHARE`
  return workspace ?? null
}

/** Serialises publications in a workspace: what is published of flows stays as it is while a dialogue with them is. */
export async function lockPublications(tx: Transaction, workspaceId: string): Promise<void> {
  noteLocks(tx, 'workspace', [workspaceId])
  await tx.$executeRaw`SELECT FROM "Workspace" WHERE "id" = ${workspaceId}::uuid FOR NO KEY UPDATE`
}

/** Prevents other transactions from changing the dialogue's draft, from publishing it, and from changing what it uses.
 * @returns null when the workspace has no such dialogue or it was deleted */
export async function lockDialogue(
  tx: Transaction,
  { workspaceId, dialogueId }: { workspaceId: string; dialogueId: string },
): Promise<Dialogue | null> {
  noteLocks(tx, 'dialogue', [dialogueId])
  const [dialogue] = await tx.$queryRaw<Dialogue[]>`
    SELECT * FROM "Dialogue"
    WHERE "id" = ${dialogueId}::uuid AND "workspaceId" = ${workspaceId}::uuid AND "deletedAt" IS NULL
    FOR NO KEY UPDATE`
  return dialogue ?? null
}

export interface LockedVisitor {
  visitorId: string
  personId: string
  verified: boolean
  /** As stored. */
  claimed: Prisma.JsonValue
}

/** Whether a visitor may still have a token. A visitor whose person was erased has a hash of 16 bytes, which is none of a
 * token: its visit is over, also for a call that began before. */
export const HAS_TOKEN = Prisma.sql`length("tokenHash") > 16`

/** Serialises the calls of one visitor, because each can bind the visitor to another person. A transaction that writes
 * data of the visitor and its person takes this lock too, so that the person stays the same.
 * @returns null when the visit is over: its person was erased meanwhile */
export async function lockVisitor(tx: Transaction, visitorId: string): Promise<LockedVisitor | null> {
  noteLocks(tx, 'visitor', [visitorId])
  const [visitor] = await tx.$queryRaw<LockedVisitor[]>`
    SELECT "id" AS "visitorId", "personId", "verified", "claimed" FROM "Visitor"
    WHERE "id" = ${visitorId}::uuid AND ${HAS_TOKEN} FOR NO KEY UPDATE`
  return visitor ?? null
}

/** @param which a condition on "Visitor" */
export const lockVisitors = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'visitor', rows: Prisma.sql`"Visitor" WHERE ${which}` })

export async function lockPerson(
  tx: Transaction,
  { workspaceId, personId }: { workspaceId: string; personId: string },
): Promise<{ email: string | null; erasedAt: Date | null } | null> {
  noteLocks(tx, 'person', [personId])
  const [person] = await tx.$queryRaw<{ email: string | null; erasedAt: Date | null }[]>`
    SELECT "email", "erasedAt" FROM "Person"
    WHERE "id" = ${personId}::uuid AND "workspaceId" = ${workspaceId}::uuid FOR NO KEY UPDATE`
  return person ?? null
}

/** @param which a condition on "Person" */
export const lockPeople = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'person', rows: Prisma.sql`"Person" WHERE ${which}` })

/** @param which a condition on "Conversation"
 * @returns the conversations in the order of their ids */
export async function lockConversations(tx: Transaction, which: Prisma.Sql): Promise<Conversation[]> {
  const rows = await tx.$queryRaw<Conversation[]>`
    SELECT * FROM "Conversation" WHERE ${which} ${LOCKING_BY_ID}`
  noteLocks(
    tx,
    'conversation',
    rows.map(({ id }) => id),
  )
  return rows
}

/** Part of a statement that reads a pool as `p`: prevents other transactions from taking turns in the pool and from
 * changing its team. The caller notes the lock with `notePools`. */
export const LOCKING_POOL = Prisma.sql`FOR UPDATE OF p`

export function notePools(tx: Transaction, pools: { id: string; kind: RoutingKind }[]): void {
  noteLocks(
    tx,
    'pool',
    pools.map(({ id, kind }) => `${kind === 'MEETING' ? 1 : 2} ${id}`),
  )
}

interface PoolRow {
  id: string
  kind: RoutingKind
  teamId: string | null
  lastAgentId: string | null
}

/** Locks every pool of the workspace. */
export async function lockPools(tx: Transaction, workspaceId: string): Promise<PoolRow[]> {
  const pools = await tx.$queryRaw<PoolRow[]>`
    SELECT "id", "kind", "teamId", "lastAgentId" FROM "RoutingPool"
    WHERE "workspaceId" = ${workspaceId}::uuid ORDER BY "kind", "id" FOR UPDATE`
  notePools(tx, pools)
  return pools
}

/** @param agent.workspaceId default: any workspace
 * @returns null when the agent does not exist or was removed */
export async function lockAgentRow(
  tx: Transaction,
  { agentId, workspaceId = null }: { agentId: string; workspaceId?: string | null },
): Promise<{ id: string; workspaceId: string; email: string; name: string } | null> {
  noteLocks(tx, 'agent', [agentId])
  const [agent] = await tx.$queryRaw<{ id: string; workspaceId: string; email: string; name: string }[]>`
    SELECT "id", "workspaceId", "email", "name" FROM "Agent"
    WHERE "id" = ${agentId}::uuid AND (${workspaceId}::uuid IS NULL OR "workspaceId" = ${workspaceId}::uuid)
      AND "removedAt" IS NULL
    FOR NO KEY UPDATE`
  return agent ?? null
}

/** Prevents other transactions from changing the agent's hours for live chat and toggle, and from offering a chat to
 * the agent.
 * @returns false when the workspace has no such agent or the agent was removed */
export async function lockChatHours(
  tx: Transaction,
  { workspaceId, agentId }: { workspaceId: string; agentId: string },
): Promise<boolean> {
  noteLocks(tx, 'agent', [agentId])
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "LiveChatAvailability" l JOIN "Agent" a ON a."id" = l."agentId"
    WHERE l."agentId" = ${agentId}::uuid AND l."workspaceId" = ${workspaceId}::uuid AND a."removedAt" IS NULL
    FOR NO KEY UPDATE OF l`
  return locked.length > 0
}

/** Part of a statement: selects and locks the agent's hours for live chat if they are unchanged since they were read.
 * Other transactions can share the lock to offer this agent a chat. */
export function shareChatHours(tx: Transaction, read: { agentId: string; version: string }): Prisma.Sql {
  const { agentId, version } = read
  noteLocks(tx, 'agent', [agentId])
  return Prisma.sql`
    SELECT "agentId" FROM "LiveChatAvailability"
    WHERE "agentId" = ${agentId}::uuid AND xmin = ${version}::text::xid FOR SHARE`
}

export interface DueChatHours {
  agentId: string
  workspaceId: string
  announcedAvailable: boolean
}

/** Skips rows that another node has locked. */
export async function lockDueChatHours(
  tx: Transaction,
  { now, limit }: { now: Date; limit: number },
): Promise<DueChatHours[]> {
  const rows = await tx.$queryRaw<DueChatHours[]>`
    SELECT "agentId", "workspaceId", "announcedAvailable" FROM "LiveChatAvailability"
    WHERE "announceAt" IS NULL OR "announceAt" <= ${now}::timestamptz
    LIMIT ${limit} FOR NO KEY UPDATE SKIP LOCKED`
  noteLocks(
    tx,
    'agent',
    rows.map(({ agentId }) => agentId),
  )
  return rows
}

/** The lock of a calendar is the row of the agent's hours for meetings. Every agent has this row from the start, with
 * or without a calendar, and keeps it after removal. If the connection's row were the lock, the calendar worker would
 * skip a calendar while it is being booked. */
export async function lockCalendars(tx: Transaction, agentIds: string[]): Promise<void> {
  noteLocks(tx, 'calendar', agentIds)
  await tx.$executeRaw`
    SELECT FROM "MeetingAvailability" WHERE "agentId" = ANY (${agentIds}::uuid[])
    ORDER BY "agentId" FOR NO KEY UPDATE`
}

/** Never waits, so it can be called out of order.
 * @returns false when another transaction has the lock */
export async function tryCalendar(tx: Transaction, agentId: string): Promise<boolean> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "MeetingAvailability" WHERE "agentId" = ${agentId}::uuid FOR NO KEY UPDATE SKIP LOCKED`
  return locked.length > 0
}

/** Locks the calendar of the agent that a meeting or a hold names.
 * @param agent a subquery for the agent's id
 * @returns the id of the agent, null when the subquery finds none. The meeting or hold can name another agent by the
 *   time the lock is granted */
export async function lockCalendarOf(tx: Transaction, agent: Prisma.Sql): Promise<string | null> {
  const [calendar] = await tx.$queryRaw<{ agentId: string }[]>`
    SELECT "agentId" FROM "MeetingAvailability" WHERE "agentId" = (${agent}) FOR NO KEY UPDATE`
  if (calendar === undefined) return null
  noteLocks(tx, 'calendar', [calendar.agentId])
  return calendar.agentId
}

/** @param which a condition on "CalendarConnection" */
export const lockConnections = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'connection', rows: Prisma.sql`"CalendarConnection" WHERE ${which}` })

/** Like `lockConnections`, but other transactions can share the lock. */
export const shareConnections = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'connection', rows: Prisma.sql`"CalendarConnection" WHERE ${which}`, share: true })

/** Locks the sessions of a dialogue that have not ended. */
export const lockOpenSessions = (tx: Transaction, dialogueId: string): Promise<string[]> =>
  lockRows(tx, {
    rank: 'dialogue session',
    rows: Prisma.sql`"DialogueSession" WHERE "dialogueId" = ${dialogueId}::uuid AND "endedAt" IS NULL`,
  })

/** Part of a statement: locks reservations and selects their ids.
 * @param which a condition on "Reservation" */
export function lockingReservations(tx: Transaction, which: Prisma.Sql): Prisma.Sql {
  noteLocks(tx, 'reservation', [''])
  return Prisma.sql`SELECT "id" FROM "Reservation" WHERE ${which} ORDER BY "id" FOR UPDATE`
}

/** Prevents other transactions from changing the meeting. */
export async function lockMeetingRow(
  tx: Transaction,
  { workspaceId, meetingId }: { workspaceId: string; meetingId: string },
): Promise<Meeting | null> {
  noteLocks(tx, 'meeting', [meetingId])
  const [meeting] = await tx.$queryRaw<Meeting[]>`
    SELECT * FROM "Meeting" WHERE "id" = ${meetingId}::uuid AND "workspaceId" = ${workspaceId}::uuid
    FOR NO KEY UPDATE`
  return meeting ?? null
}

/** Serialises changes that take a role away from agents, so that each sees the result of the one before. */
export async function lockRole(
  tx: Transaction,
  { workspaceId, name }: { workspaceId: string; name: string },
): Promise<void> {
  noteLocks(tx, 'role', [name])
  await tx.$executeRaw`
    SELECT FROM "Role" WHERE "workspaceId" = ${workspaceId}::uuid AND "builtIn" AND "name" = ${name}
    FOR NO KEY UPDATE`
}

/** Lets one node at a time work on a rule of retention. Never waits.
 * @returns how far the rule has come; null when another transaction has the lock */
export async function trySweepPlace(
  tx: Transaction,
  rule: string,
): Promise<{ at: Date | null; rowId: string | null } | null> {
  const [place] = await tx.$queryRaw<{ at: Date | null; rowId: string | null }[]>`
    SELECT "at", "rowId" FROM "SweepPlace" WHERE "rule" = ${rule} FOR UPDATE SKIP LOCKED`
  return place ?? null
}

/** Part of a statement that writes several rows: skips rows that are locked, so it never waits. */
export const SKIPPING_LOCKED = Prisma.sql`FOR UPDATE SKIP LOCKED`

/** Part of a statement that must not skip rows: locks them in the order of "id". */
export const LOCKING_BY_ID = Prisma.sql`ORDER BY "id" FOR NO KEY UPDATE`

/** @returns the ids of the rows */
async function lockRows(
  tx: Transaction,
  { rank, rows, share = false }: { rank: LockRank; rows: Prisma.Sql; share?: boolean },
): Promise<string[]> {
  const locking = share ? Prisma.sql`ORDER BY "id" FOR SHARE` : LOCKING_BY_ID
  const locked = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM ${rows} ${locking}`
  const ids = locked.map(({ id }) => id)
  noteLocks(tx, rank, ids)
  return ids
}
