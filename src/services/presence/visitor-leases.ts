import type { LeaseTable } from './leases.ts'

/** Leases of chats to which their visitors are subscribed. They decide whether a visitor has gone before an agent accepts
 * the chat (docs/semantics.md, section 6), so they are renewed only until then: most subscribed chats are active. */
export const visitorLeases: LeaseTable = {
  renew: (database, { nodeId, leases }) => database.$executeRaw`
    INSERT INTO "VisitorLease" ("nodeId", "conversationId", "workspaceId", "expiresAt")
    SELECT ${nodeId}::uuid, lease."conversationId", lease."workspaceId", lease."expiresAt"
    FROM unnest(
      ${leases.map(({ id }) => id)}::uuid[],
      ${leases.map(({ workspaceId }) => workspaceId)}::uuid[],
      ${leases.map(({ expiresAt }) => expiresAt)}::timestamptz[]
    ) AS lease("conversationId", "workspaceId", "expiresAt")
    JOIN "Conversation" c ON c."id" = lease."conversationId" AND c."state" IN ('REQUESTED', 'OFFERED')
    ORDER BY lease."conversationId"
    ON CONFLICT ("conversationId", "nodeId") DO UPDATE SET "expiresAt" = greatest("VisitorLease"."expiresAt", excluded."expiresAt")`,
  release: (database, { nodeId, id: conversationId, now }) =>
    database.visitorLease.updateMany({
      where: { nodeId, ...(conversationId ? { conversationId } : {}), expiresAt: { gt: now } },
      data: { expiresAt: now },
    }),
}
