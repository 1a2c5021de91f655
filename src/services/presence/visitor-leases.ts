import { Prisma } from '../../database/generated/client/client.ts'
import { createLeaseTable } from './lease-table.ts'

/** Leases of chats to which their visitors are subscribed. They decide whether a visitor has gone before an agent accepts
 * the chat (docs/semantics.md, section 6), so they are renewed only until then: most subscribed chats are active. */
export const visitorLeases = createLeaseTable({
  table: 'VisitorLease',
  client: 'conversationId',
  renewed: Prisma.sql`
    JOIN "Conversation" c ON c."id" = lease."client" AND c."state" IN ('REQUESTED', 'OFFERED')`,
})
