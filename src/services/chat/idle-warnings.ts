// Warns both sides of a chat before it ends by the idle time-out, once for each quiet period (docs/semantics.md, section
// 6). Any activity begins a new quiet period, and so takes a warning back.
import { type Conversation, Prisma } from '../../database/generated/client/client.ts'
import { lockConversations } from '../../database/locks.ts'
import type { Database, Transaction } from '../../database/open.ts'
import type { Services } from '../context.ts'
import { appendEvents } from '../events/append-events.ts'
import { newEvent } from '../events/new-events.ts'
import { MINUTE } from '../time.ts'
import { runTransaction } from '../transaction.ts'
import { ifStillDue } from './conversation/if-still-due.ts'
import { lockConversation } from './conversation/lock-conversation.ts'

/** @returns the instant at which the chat ends unless either side writes or types; null as long as nothing was warned of
 *   in this quiet period, or the chat is not active */
export function idleEndOf(
  conversation: Pick<Conversation, 'state' | 'lastActiveAt' | 'idleWarnedFor'>,
  { idleTimeoutMinutes }: { idleTimeoutMinutes: number },
): Date | null {
  const { state, lastActiveAt } = conversation
  if (state !== 'ACTIVE' || !isWarned(conversation)) return null
  return new Date(lastActiveAt.getTime() + idleTimeoutMinutes * MINUTE)
}

/** Whether a warning was given in the present quiet period. */
const isWarned = ({ idleWarnedFor, lastActiveAt }: Pick<Conversation, 'idleWarnedFor' | 'lastActiveAt'>) =>
  idleWarnedFor?.getTime() === lastActiveAt.getTime()

/** A warning comes a minute before the end, or halfway if the time-out is shorter than two minutes. */
const QUIET_BEFORE_WARNING = Prisma.sql`
  (greatest(w."idleTimeoutMinutes" - 1, w."idleTimeoutMinutes" / 2.0) * interval '1 minute')`

/** A warning that stands is too early once the workspace allows a longer time.
 * @param which.id left out: any chat
 * @returns the ids of active chats that are to be warned of, or whose warning is to be taken back */
export async function readChatsToWarn(
  database: Database | Transaction,
  { now, limit, id = null }: { now: Date; limit: number; id?: string | null },
): Promise<string[]> {
  const rows = await database.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "Conversation" c
    JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE c."state" = 'ACTIVE' AND (${id}::uuid IS NULL OR c."id" = ${id}::uuid)
      AND c."lastActiveAt" > ${now}::timestamptz - w."idleTimeoutMinutes" * interval '1 minute'
      AND (c."lastActiveAt" <= ${now}::timestamptz - ${QUIET_BEFORE_WARNING}) <> (c."idleWarnedFor" IS NOT DISTINCT FROM c."lastActiveAt")
    ORDER BY c."lastActiveAt" LIMIT ${limit}`
  return rows.map((row) => row.id)
}

/** After the time-out became shorter: an active chat that would end before its warning had stood for as long as ever is
 * given that time from now on. The next sweep warns of it.
 * @param given.workspaceId of the workspace, which has its new time-out */
export async function grantTimeToWarn(
  tx: Transaction,
  { workspaceId, now }: { workspaceId: string; now: Date },
): Promise<void> {
  const isCutShort = Prisma.sql`"id" IN (
    SELECT c."id" FROM "Conversation" c JOIN "Workspace" w ON w."id" = c."workspaceId"
    WHERE w."id" = ${workspaceId}::uuid AND c."state" = 'ACTIVE'
      AND c."lastActiveAt" < ${now}::timestamptz - ${QUIET_BEFORE_WARNING}
      AND (
        c."idleWarnedFor" IS DISTINCT FROM c."lastActiveAt"
        OR c."lastActiveAt" <= ${now}::timestamptz - w."idleTimeoutMinutes" * interval '1 minute'
      )
  )`
  const chats = await lockConversations(tx, isCutShort)
  // Somebody may have written before the locks were granted.
  await tx.$executeRaw`
    UPDATE "Conversation" c SET "lastActiveAt" = greatest(c."lastActiveAt", ${now}::timestamptz - ${QUIET_BEFORE_WARNING})
    FROM "Workspace" w
    WHERE w."id" = c."workspaceId" AND c."id" = ANY (${chats.map(({ id }) => id)}::uuid[]) AND c."state" = 'ACTIVE'`
}

/** Warns, or takes back a warning that is too early. Has no effect on a chat that was warned of in time, or in which
 * something was said meanwhile. */
export async function warnOfIdleTimeout(services: Services, id: string): Promise<void> {
  await ifStillDue(services, { id, readDue: readChatsToWarn }, async ({ tx, conversation, now }) => {
    const { workspaceId, lastActiveAt } = conversation
    const idleWarnedFor = isWarned(conversation) ? null : lastActiveAt
    await tx.conversation.update({ where: { id }, data: { idleWarnedFor } })
    await appendEvents(tx, { workspaceId, at: now, events: [newEvent.idleWarning(conversation)] })
  })
}

/** Either side is active without writing: takes back a warning that stands. Has no effect without one. */
export async function takeBackIdleWarning(
  services: Pick<Services, 'database' | 'wakeUps'>,
  { id, now }: { id: string; now: Date },
): Promise<void> {
  await runTransaction(services, async (tx) => {
    const conversation = await lockConversation(tx, id)
    const { state, workspaceId, lastActiveAt } = conversation
    if (state !== 'ACTIVE' || !isWarned(conversation)) return
    if (now <= lastActiveAt) return
    await tx.conversation.update({ where: { id }, data: { lastActiveAt: now } })
    await appendEvents(tx, { workspaceId, at: now, events: [newEvent.idleWarning(conversation)] })
  })
}
