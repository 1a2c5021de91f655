import type { LeaseTable } from './leases.ts'

/** Leases of open consoles. An agent is signed in while one of them runs (docs/semantics.md, section 7). */
export const consoleLeases: LeaseTable = {
  renew: (database, { nodeId, leases }) => database.$executeRaw`
    INSERT INTO "ConsoleLease" ("nodeId", "agentId", "workspaceId", "expiresAt")
    SELECT ${nodeId}::uuid, lease."agentId", lease."workspaceId", lease."expiresAt"
    FROM unnest(
      ${leases.map(({ id }) => id)}::uuid[],
      ${leases.map(({ workspaceId }) => workspaceId)}::uuid[],
      ${leases.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) AS lease("agentId", "workspaceId", "expiresAt")
    ORDER BY lease."agentId"
    ON CONFLICT ("agentId", "nodeId") DO UPDATE SET "expiresAt" = greatest("ConsoleLease"."expiresAt", excluded."expiresAt")`,
  release: (database, { nodeId, id: agentId, now }) =>
    database.consoleLease.updateMany({
      where: { nodeId, ...(agentId ? { agentId } : {}), expiresAt: { gt: now } },
      data: { expiresAt: now },
    }),
}
