-- For the conversations that dialogues lead, which are few among all.
CREATE INDEX "Conversation_automated" ON "Conversation" ("id") WHERE "state" = 'AUTOMATED';
