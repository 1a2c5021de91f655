-- CreateTable
CREATE TABLE "InvitationTemplate" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "subject" TEXT,
    "body" TEXT,
    "includeConferenceLink" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "InvitationTemplate_pkey" PRIMARY KEY ("agentId")
);

-- CreateIndex
CREATE UNIQUE INDEX "InvitationTemplate_workspaceId_agentId_key" ON "InvitationTemplate"("workspaceId", "agentId");

-- AddForeignKey
ALTER TABLE "InvitationTemplate" ADD CONSTRAINT "InvitationTemplate_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable: the body of a meeting was its agenda, and the texts were those of the default template
ALTER TABLE "Meeting" ADD COLUMN     "agenda" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "subjectTemplate" TEXT NOT NULL DEFAULT '{{agent.name}} and {{lead.name}}',
ADD COLUMN     "bodyTemplate" TEXT NOT NULL DEFAULT '{{meeting.agenda}}',
ADD COLUMN     "includeConferenceLink" BOOLEAN NOT NULL DEFAULT true;

UPDATE "Meeting" SET "agenda" = "body";

ALTER TABLE "Meeting" ALTER COLUMN "agenda" DROP DEFAULT,
ALTER COLUMN "subjectTemplate" DROP DEFAULT,
ALTER COLUMN "bodyTemplate" DROP DEFAULT;
