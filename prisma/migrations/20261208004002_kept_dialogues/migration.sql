-- For the removal of sessions of dialogues without a conversation, and of previews.
CREATE INDEX "DialogueSession_over" ON "DialogueSession" ("endedAt", "id")
  WHERE "endedAt" IS NOT NULL AND "conversationId" IS NULL;

CREATE INDEX "DialogueSession_preview" ON "DialogueSession" ("seenAt") WHERE "agentId" IS NOT NULL;
