-- DropIndex
DROP INDEX "DialogueSession_workspaceId_conversationId_key";

-- CreateIndex
CREATE INDEX "DialogueSession_conversationId_idx" ON "DialogueSession"("conversationId");
