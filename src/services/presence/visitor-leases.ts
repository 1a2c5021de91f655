import { Prisma } from '../../database/generated/client/client.ts'
import { createLeaseTable } from './lease-table.ts'

/** Leases of chats to which their visitors are subscribed. They decide whether a request is abandoned, and whether its
 * agent sees the visitor as present (docs/semantics.md, section 6). They are renewed until the chat is over. */
export const visitorLeases = createLeaseTable({
  table: 'VisitorLease',
  client: 'conversationId',
  renewed: Prisma.sql`
    JOIN "Conversation" c ON c."id" = lease."client" AND c."state" IN ('REQUESTED', 'OFFERED', 'ACTIVE')`,
})
