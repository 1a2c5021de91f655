-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "agentGoneAt" TIMESTAMPTZ(3),
ADD COLUMN     "visitorGoneAt" TIMESTAMPTZ(3);

-- Written by hand from here on.

-- Until now a lease was not renewed once the chat was accepted, so those of active chats say nothing.
DELETE FROM "VisitorLease" WHERE "conversationId" IN (SELECT "id" FROM "Conversation" WHERE "state" = 'ACTIVE');

ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_agent_gone" CHECK (
  "agentGoneAt" IS NULL OR "agentId" IS NOT NULL
);
