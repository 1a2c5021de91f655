import { SKIPPING_LOCKED } from '../../database/locks.ts'
import { type LeaseTable, stoppedSince } from './leases.ts'

/** Leases of open consoles. An agent is signed in while one of them runs (docs/semantics.md, section 7). */
export const consoleLeases: LeaseTable = {
  renew: (database, { nodeId, leases, now }) => database.$executeRaw`
    INSERT INTO "ConsoleLease" ("nodeId", "agentId", "workspaceId", "expiresAt")
    SELECT ${nodeId}::uuid, lease."agentId", lease."workspaceId", lease."expiresAt"
    FROM unnest(
      ${leases.map(({ id }) => id)}::uuid[],
      ${leases.map(({ workspaceId }) => workspaceId)}::uuid[],
      ${leases.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) AS lease("agentId", "workspaceId", "expiresAt")
    ORDER BY lease."agentId"
    ON CONFLICT ("agentId", "nodeId") DO UPDATE SET
      "expiresAt" = greatest("ConsoleLease"."expiresAt", excluded."expiresAt"),
      "protectedUntil" = CASE WHEN excluded."expiresAt" > ${now}::timestamptz THEN NULL
        ELSE "ConsoleLease"."protectedUntil" END`,
  replace: (database, { nodeId, ids, now }) => database.$executeRaw`
    DELETE FROM "ConsoleLease" WHERE ctid IN (
      SELECT ctid FROM "ConsoleLease"
      WHERE "agentId" = ANY (${ids}::uuid[]) AND "nodeId" <> ${nodeId}::uuid AND (
        "expiresAt" <= ${now}::timestamptz
        OR "nodeId" IN (SELECT "nodeId" FROM "NodeHeartbeat" WHERE "at" <= ${stoppedSince(now)}::timestamptz)
      ) ${SKIPPING_LOCKED}
    )`,
  release: (database, { nodeId, id, now }) => database.$executeRaw`
    UPDATE "ConsoleLease"
    SET "expiresAt" = least("expiresAt", ${now}::timestamptz), "protectedUntil" = ${now}::timestamptz
    WHERE "agentId" = ${id}::uuid AND "nodeId" = ${nodeId}::uuid`,
}
