-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "waitSeconds" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "waitPlace" INTEGER,
ADD COLUMN     "waitUntil" TIMESTAMPTZ(3);

-- Written by hand from here on.

ALTER TABLE "Workspace" ADD CONSTRAINT "Workspace_wait" CHECK ("waitSeconds" BETWEEN 0 AND 600);

ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_wait" CHECK (
  "state" <> 'REQUESTED' OR "waitUntil" IS NOT NULL AND "waitPlace" >= 1
);

-- The queue, which is looked through twice a second.
CREATE INDEX "Conversation_waiting" ON "Conversation" ("workspaceId", "requestedAt", "id") WHERE "state" = 'REQUESTED';
