-- Administrators can do everything.
UPDATE "Role" SET "permissions" = "permissions" || 'MANAGE_ALL_CONVERSATIONS'::"Permission"
WHERE "builtIn" AND "name" = 'Administrator' AND NOT 'MANAGE_ALL_CONVERSATIONS' = ANY ("permissions");

-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "endedById" UUID;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_endedById_fkey" FOREIGN KEY ("workspaceId", "endedById") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand from here on.

ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_ended_by" CHECK ("endedById" IS NULL OR "endedAt" IS NOT NULL);
