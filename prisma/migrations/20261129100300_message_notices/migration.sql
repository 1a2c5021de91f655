-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "noticedAt" TIMESTAMPTZ(3),
ADD COLUMN     "noticedMessages" INTEGER NOT NULL DEFAULT 0;

-- Written by hand from here on.

ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_noticed" CHECK ("noticedMessages" BETWEEN 0 AND "messageCount");
