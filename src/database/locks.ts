// Every row lock and advisory lock of the application, by name. Transactions never wait for each other in a circle,
// because each takes its locks in this order, and within one rank in the order of ids:
//
//  1. installation: what only one node does at the first start (advisory)
//  2. idempotency key: its row is inserted by services/idempotency.ts, where a repeat waits
//  3. caller: calls of one caller that hold or end holds (advisory)
//  4. workspace: its settings and its identity secret
//  5. visitor: to whom it belongs. An anonymous person is protected by the lock of its visitor
//  6. person
//  7. conversation, with its offers and messages: an offer is settled under the lock of its conversation
//  8. quota: what the visitors of a workspace did in a minute. Before the pool, so that nobody counts while others wait
//     for their turn
//  9. pool, with its team and the agents in it: MEETING before LIVE_CHAT
// 10. agent, with its roles, its browsers and its hours for live chat
// 11. calendar: everything that decides when an agent can be booked. Whoever writes a reservation of an agent, moves a
//     meeting to or from it or cancels one, edits its hours for meetings, or takes its calendar away, has this lock first
//     and reads under it. So it decides the contention for a time, and the exclusion constraint of "Reservation" is only
//     the net below
// 12. connection: the row of the calendar's connection, with its credential, channels and busy times
// 13. reservation, and the seats of live chats (a seat is inserted; ChatOffer's unique index decides)
// 14. place: an agent's place in the turns, with when it was served last
// 15. meeting, with its calendar entries. When it is and whose it is was settled by the calendar before
// 16. role: that of administrators, so that one is left
// 17. stream: events are written last, because whoever writes to a stream waits for the others
//
// What names a later lock is read without one, and looked at again under it: a meeting names its calendar, a turn names
// the agent. If it is another one by then, the transaction starts again (`StartAgain`). The calendar of a further
// candidate would come out of order, so it is only taken if it is free at once; else the transaction starts again too.
//
// Three things need no place in the order. A statement outside of a transaction that writes one row holds nothing while it
// waits; one that writes several goes in the order of ids, or passes over what is locked. A foreign key's check (FOR KEY
// SHARE) waits only for whoever deletes the row or changes its key: rows that others refer to are locked FOR NO KEY
// UPDATE (docs/gotchas.md). A hold that its own holder ends is locked without the lock of its calendar: nobody else touches
// it but who has that calendar, and takes no other one.
//
// The watch in lock-order.ts is on in tests.
import { type Conversation, type Meeting, Prisma } from './generated/client/client.ts'
import type { RoutingKind } from './generated/client/enums.ts'
import { type LockRank, noteLocks } from './lock-order.ts'
import type { Transaction } from './open.ts'

/** Waits for another node that makes the first workspace. */
export async function lockInstallation(tx: Transaction): Promise<void> {
  noteLocks(tx, 'installation', [''])
  // Any number that no other advisory lock uses.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7430001)`
}

/** @param callers see `callerOf` */
export async function lockCallers(tx: Transaction, callers: string[]): Promise<void> {
  noteLocks(tx, 'caller', callers)
  for (const caller of [...callers].sort())
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${caller}, 0))`
}

/** Keeps the identity secret from being replaced; others may share the lock. */
export async function shareWorkspace(
  tx: Transaction,
  workspaceId: string,
): Promise<{ identitySecret: Uint8Array } | null> {
  noteLocks(tx, 'workspace', [workspaceId])
  const [workspace] = await tx.$queryRaw<{ identitySecret: Uint8Array }[]>`
    SELECT "identitySecret" FROM "Workspace" WHERE "id" = ${workspaceId}::uuid FOR SHARE`
  return workspace ?? null
}

export interface LockedVisitor {
  visitorId: string
  personId: string
  verified: boolean
}

/** Calls of one visitor wait for each other: each may bind it to another person. Whoever writes something that belongs to
 * the visitor and its person locks it too, so that the person stays the same. */
export async function lockVisitor(tx: Transaction, visitorId: string): Promise<LockedVisitor | null> {
  noteLocks(tx, 'visitor', [visitorId])
  const [visitor] = await tx.$queryRaw<LockedVisitor[]>`
    SELECT "id" AS "visitorId", "personId", "verified" FROM "Visitor"
    WHERE "id" = ${visitorId}::uuid FOR NO KEY UPDATE`
  return visitor ?? null
}

/** @param which a condition on "Visitor" */
export const lockVisitors = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'visitor', rows: Prisma.sql`"Visitor" WHERE ${which}` })

export async function lockPerson(
  tx: Transaction,
  { workspaceId, personId }: { workspaceId: string; personId: string },
): Promise<{ email: string | null } | null> {
  noteLocks(tx, 'person', [personId])
  const [person] = await tx.$queryRaw<{ email: string | null }[]>`
    SELECT "email" FROM "Person"
    WHERE "id" = ${personId}::uuid AND "workspaceId" = ${workspaceId}::uuid FOR NO KEY UPDATE`
  return person ?? null
}

/** @param which a condition on "Conversation"
 * @returns the conversations, by their ids */
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

/** Part of a statement that reads a pool as `p`: keeps everybody else from taking turns in it, and from changing its team.
 * To be noted by `notePools`. */
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

/** @param agent.workspaceId left out: of any workspace
 * @returns null when there is no such agent, or not any more */
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

/** Keeps others from changing the agent's hours for live chat and its toggle, and from offering it a chat.
 * @returns false for an agent that the workspace does not have, or not any more */
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

/** Part of a statement: the agent's hours for live chat, if they are as they were read, which they stay. Others may offer
 * this agent a chat at the same time. */
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

/** Those that another node looks at are passed over. */
export async function lockDueChatHours(
  tx: Transaction,
  { now, most }: { now: Date; most: number },
): Promise<DueChatHours[]> {
  const rows = await tx.$queryRaw<DueChatHours[]>`
    SELECT "agentId", "workspaceId", "announcedAvailable" FROM "LiveChatAvailability"
    WHERE "announceAt" IS NULL OR "announceAt" <= ${now}::timestamptz
    LIMIT ${most} FOR NO KEY UPDATE SKIP LOCKED`
  noteLocks(
    tx,
    'agent',
    rows.map(({ agentId }) => agentId),
  )
  return rows
}

/** The lock of a calendar is that of the agent's hours for meetings: a row that every agent has from the beginning on,
 * with a calendar or without one, and also once it is removed. The connection's row would make the worker pass over a
 * calendar that is being booked. */
export async function lockCalendars(tx: Transaction, agentIds: string[]): Promise<void> {
  noteLocks(tx, 'calendar', agentIds)
  await tx.$executeRaw`
    SELECT FROM "MeetingAvailability" WHERE "agentId" = ANY (${agentIds}::uuid[])
    ORDER BY "agentId" FOR NO KEY UPDATE`
}

/** Does not wait, and so needs no order.
 * @returns whether the calendar was free to lock */
export async function tryCalendar(tx: Transaction, agentId: string): Promise<boolean> {
  const locked = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "MeetingAvailability" WHERE "agentId" = ${agentId}::uuid FOR NO KEY UPDATE SKIP LOCKED`
  return locked.length > 0
}

/** Locks the calendar that a meeting or a hold names.
 * @param agent a subquery
 * @returns the agent; by now it may name another one. null when there is none */
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

/** Like `lockConnections`; others may share the lock. */
export const shareConnections = (tx: Transaction, which: Prisma.Sql): Promise<string[]> =>
  lockRows(tx, { rank: 'connection', rows: Prisma.sql`"CalendarConnection" WHERE ${which}`, share: true })

/** Part of a statement: the ids of reservations, locked.
 * @param which a condition on "Reservation" */
export function lockingReservations(tx: Transaction, which: Prisma.Sql): Prisma.Sql {
  noteLocks(tx, 'reservation', [''])
  return Prisma.sql`SELECT "id" FROM "Reservation" WHERE ${which} ORDER BY "id" FOR UPDATE`
}

/** Keeps everybody else from changing the meeting. */
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

/** Makes changes that take roles away wait for each other, so that each sees what the other has left. */
export async function lockRole(
  tx: Transaction,
  { workspaceId, name }: { workspaceId: string; name: string },
): Promise<void> {
  noteLocks(tx, 'role', [name])
  await tx.$executeRaw`
    SELECT FROM "Role" WHERE "workspaceId" = ${workspaceId}::uuid AND "builtIn" AND "name" = ${name}
    FOR NO KEY UPDATE`
}

/** Part of a statement outside of a transaction that writes several rows: those that are locked are passed over. */
export const SKIPPING_LOCKED = Prisma.sql`FOR UPDATE SKIP LOCKED`

/** Part of such a statement of which no row may be passed over: the rows in the order of "id", locked. */
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
