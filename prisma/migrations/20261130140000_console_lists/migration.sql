-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "lastMessageAt" TIMESTAMPTZ(3);

UPDATE "Conversation" c SET "lastMessageAt" = greatest(c."requestedAt", (
  SELECT max(m."sentAt") FROM "Message" m WHERE m."conversationId" = c."id"
));

ALTER TABLE "Conversation" ALTER COLUMN "lastMessageAt" SET NOT NULL,
ADD CONSTRAINT "Conversation_last_message" CHECK ("lastMessageAt" >= "requestedAt");

-- DropIndex
DROP INDEX "Conversation_personId_requestedAt_id_idx";

-- CreateIndex
CREATE INDEX "Conversation_workspaceId_lastMessageAt_id_idx" ON "Conversation"("workspaceId", "lastMessageAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_agentId_lastMessageAt_id_idx" ON "Conversation"("agentId", "lastMessageAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_personId_lastMessageAt_id_idx" ON "Conversation"("personId", "lastMessageAt", "id");

-- For lists of conversations that are not over: few rows among many.
CREATE INDEX "Conversation_not_over" ON "Conversation" ("workspaceId", "lastMessageAt", "id") WHERE "endedAt" IS NULL;

-- What an agent has not read: few rows, of which every event has the sum.
CREATE INDEX "Conversation_unread" ON "Conversation" ("agentId", "lastMessageAt", "id") WHERE "messageCount" > "readByAgent";
