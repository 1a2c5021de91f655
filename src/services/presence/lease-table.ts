// The statements on a table of leases. There is one table for each kind of clients.
import { Prisma } from '../../database/generated/client/client.ts'
import { SKIPPING_LOCKED } from '../../database/locks.ts'
import type { Database } from '../../database/open.ts'
import { PAUSE_MS } from './heartbeat.ts'

export interface Lease {
  id: string
  workspaceId: string
  expiresAt: Date
}

/** The table of one kind of leases. Expired rows stay for a while, because they say since when a client has been gone. */
export interface LeaseTable {
  /** Creates or extends leases of a node, in one statement. */
  renew(database: Database, options: { nodeId: string; leases: Lease[]; now: Date }): Promise<unknown>
  /** Deletes the leases on nodes that no longer renew them, for clients who are at this node now. */
  replace(database: Database, which: { nodeId: string; ids: string[]; now: Date }): Promise<unknown>
  /** Ends a lease of a node now. */
  release(database: Database, which: { nodeId: string; id: string; now: Date }): Promise<unknown>
}

/** @param options.client the column that names the client
 * @param options.renewed a JOIN that selects the leases (`lease`) to renew; left out: all */
export function createLeaseTable(options: {
  table: 'ConsoleLease' | 'VisitorLease'
  client: 'agentId' | 'conversationId'
  renewed?: Prisma.Sql
}): LeaseTable {
  const [table, client] = [options.table, options.client].map((name) => Prisma.raw(`"${name}"`))
  const { renewed = Prisma.empty } = options
  return {
    renew: (database, { nodeId, leases, now }) => database.$executeRaw`
      INSERT INTO ${table} ("nodeId", ${client}, "workspaceId", "expiresAt")
      SELECT ${nodeId}::uuid, lease."client", lease."workspaceId", lease."expiresAt"
      FROM unnest(
        ${leases.map(({ id }) => id)}::uuid[],
        ${leases.map(({ workspaceId }) => workspaceId)}::uuid[],
        ${leases.map(({ expiresAt }) => expiresAt)}::timestamptz[]
      ) AS lease("client", "workspaceId", "expiresAt")
      ${renewed}
      ORDER BY lease."client"
      ON CONFLICT (${client}, "nodeId") DO UPDATE SET
        "expiresAt" = greatest(${table}."expiresAt", excluded."expiresAt"),
        "protectedUntil" = CASE WHEN excluded."expiresAt" > ${now}::timestamptz THEN NULL
          ELSE ${table}."protectedUntil" END`,
    replace: (database, { nodeId, ids, now }) => database.$executeRaw`
      DELETE FROM ${table} WHERE ctid IN (
        SELECT ctid FROM ${table}
        WHERE ${client} = ANY (${ids}::uuid[]) AND "nodeId" <> ${nodeId}::uuid AND (
          "expiresAt" <= ${now}::timestamptz
          OR "nodeId" IN (SELECT "nodeId" FROM "NodeHeartbeat" WHERE "at" <= ${stoppedSince(now)}::timestamptz)
        ) ${SKIPPING_LOCKED}
      )`,
    release: (database, { nodeId, id, now }) => database.$executeRaw`
      UPDATE ${table}
      SET "expiresAt" = least("expiresAt", ${now}::timestamptz), "protectedUntil" = ${now}::timestamptz
      WHERE ${client} = ${id}::uuid AND "nodeId" = ${nodeId}::uuid`,
  }
}

/** A node without a heartbeat since then has stopped. */
const stoppedSince = (now: Date): Date => new Date(now.getTime() - PAUSE_MS)
