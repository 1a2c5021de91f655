import { SKIPPING_LOCKED } from '../../database/locks.ts'
import { type LeaseTable, stoppedSince } from './leases.ts'

/** Leases of chats to which their visitors are subscribed. They decide whether a visitor has gone before an agent accepts
 * the chat (docs/semantics.md, section 6), so they are renewed only until then: most subscribed chats are active. */
export const visitorLeases: LeaseTable = {
  renew: (database, { nodeId, leases, now }) => database.$executeRaw`
    INSERT INTO "VisitorLease" ("nodeId", "conversationId", "workspaceId", "expiresAt")
    SELECT ${nodeId}::uuid, lease."conversationId", lease."workspaceId", lease."expiresAt"
    FROM unnest(
      ${leases.map(({ id }) => id)}::uuid[],
      ${leases.map(({ workspaceId }) => workspaceId)}::uuid[],
      ${leases.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) AS lease("conversationId", "workspaceId", "expiresAt")
    JOIN "Conversation" c ON c."id" = lease."conversationId" AND c."state" IN ('REQUESTED', 'OFFERED')
    ORDER BY lease."conversationId"
    ON CONFLICT ("conversationId", "nodeId") DO UPDATE SET
      "expiresAt" = greatest("VisitorLease"."expiresAt", excluded."expiresAt"),
      "protectedUntil" = CASE WHEN excluded."expiresAt" > ${now}::timestamptz THEN NULL
        ELSE "VisitorLease"."protectedUntil" END`,
  replace: (database, { nodeId, ids, now }) => database.$executeRaw`
    DELETE FROM "VisitorLease" WHERE ctid IN (
      SELECT ctid FROM "VisitorLease"
      WHERE "conversationId" = ANY (${ids}::uuid[]) AND "nodeId" <> ${nodeId}::uuid AND (
        "expiresAt" <= ${now}::timestamptz
        OR "nodeId" IN (SELECT "nodeId" FROM "NodeHeartbeat" WHERE "at" <= ${stoppedSince(now)}::timestamptz)
      ) ${SKIPPING_LOCKED}
    )`,
  release: (database, { nodeId, id, now }) => database.$executeRaw`
    UPDATE "VisitorLease"
    SET "expiresAt" = least("expiresAt", ${now}::timestamptz), "protectedUntil" = ${now}::timestamptz
    WHERE "conversationId" = ${id}::uuid AND "nodeId" = ${nodeId}::uuid`,
}
