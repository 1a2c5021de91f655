-- CreateEnum
CREATE TYPE "AttributeEntity" AS ENUM ('PERSON', 'COMPANY');

-- CreateEnum
CREATE TYPE "AttributeType" AS ENUM ('TEXT', 'INTEGER', 'NUMBER', 'BOOLEAN', 'DATE', 'DATE_TIME', 'EMAIL', 'PHONE', 'PICKLIST');

-- CreateEnum
CREATE TYPE "DialogueKind" AS ENUM ('DIALOGUE', 'FLOW');

-- CreateEnum
CREATE TYPE "DialogueCountKind" AS ENUM ('TRIGGERED', 'ENGAGED', 'COMPLETED', 'PERSON_ACQUIRED', 'MEETING_BOOKED', 'GOAL_REACHED', 'CARD_SHOWN', 'CARD_ANSWERED', 'DOCUMENT_OPENED', 'DOCUMENT_DOWNLOADED');

-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "dialogueId" UUID;

-- AlterTable
ALTER TABLE "Visitor" ADD COLUMN     "seenAt" TIMESTAMPTZ(3),
ADD COLUMN     "sessionId" UUID;

-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "dialogueRevision" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "phoneCountry" TEXT;

-- CreateTable
CREATE TABLE "Attribute" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "entity" "AttributeEntity" NOT NULL,
    "name" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "type" "AttributeType" NOT NULL,
    "values" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "builtIn" BOOLEAN NOT NULL DEFAULT false,
    "synced" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Attribute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AttributeUse" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "attributeId" UUID NOT NULL,
    "dialogueId" UUID,
    "agentId" UUID,

    CONSTRAINT "AttributeUse_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Dialogue" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" "DialogueKind" NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "priority" INTEGER NOT NULL,
    "draft" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,
    "publishedVersionId" UUID,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Dialogue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DialogueVersion" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "dialogueId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,
    "definition" JSONB NOT NULL,
    "publishedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DialogueVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DialogueSession" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "dialogueId" UUID NOT NULL,
    "versionId" UUID,
    "preview" JSONB,
    "visitorId" UUID,
    "agentId" UUID,
    "personId" UUID,
    "step" INTEGER NOT NULL DEFAULT 0,
    "pendingCard" TEXT,
    "transcript" JSONB NOT NULL DEFAULT '[]',
    "answers" JSONB NOT NULL DEFAULT '[]',
    "pageUrl" TEXT,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,
    "triggeredAt" TIMESTAMPTZ(3),
    "engagedAt" TIMESTAMPTZ(3),
    "completedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "conversationId" UUID,

    CONSTRAINT "DialogueSession_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DialogueCompletion" (
    "workspaceId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "dialogueId" UUID NOT NULL,
    "completedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DialogueCompletion_pkey" PRIMARY KEY ("personId","dialogueId")
);

-- CreateTable
CREATE TABLE "DialogueCount" (
    "workspaceId" UUID NOT NULL,
    "dialogueId" UUID NOT NULL,
    "kind" "DialogueCountKind" NOT NULL,
    "visitorId" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "occurrence" TEXT NOT NULL DEFAULT '',
    "at" TIMESTAMPTZ(3) NOT NULL,
    "known" BOOLEAN NOT NULL,
    "score" INTEGER,

    CONSTRAINT "DialogueCount_pkey" PRIMARY KEY ("dialogueId","kind","visitorId","sessionId","occurrence")
);

-- CreateIndex
CREATE UNIQUE INDEX "Attribute_workspaceId_id_key" ON "Attribute"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Attribute_workspaceId_entity_name_key" ON "Attribute"("workspaceId", "entity", "name");

-- CreateIndex
CREATE INDEX "AttributeUse_dialogueId_idx" ON "AttributeUse"("dialogueId");

-- CreateIndex
CREATE INDEX "AttributeUse_agentId_idx" ON "AttributeUse"("agentId");

-- CreateIndex
CREATE UNIQUE INDEX "AttributeUse_attributeId_dialogueId_key" ON "AttributeUse"("attributeId", "dialogueId");

-- CreateIndex
CREATE UNIQUE INDEX "AttributeUse_attributeId_agentId_key" ON "AttributeUse"("attributeId", "agentId");

-- CreateIndex
CREATE INDEX "Dialogue_workspaceId_createdAt_id_idx" ON "Dialogue"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Dialogue_workspaceId_id_key" ON "Dialogue"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Dialogue_workspaceId_publishedVersionId_key" ON "Dialogue"("workspaceId", "publishedVersionId");

-- CreateIndex
CREATE UNIQUE INDEX "DialogueVersion_workspaceId_id_key" ON "DialogueVersion"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "DialogueVersion_dialogueId_number_key" ON "DialogueVersion"("dialogueId", "number");

-- CreateIndex
CREATE INDEX "DialogueSession_visitorId_dialogueId_idx" ON "DialogueSession"("visitorId", "dialogueId");

-- CreateIndex
CREATE INDEX "DialogueSession_personId_idx" ON "DialogueSession"("personId");

-- CreateIndex
CREATE INDEX "DialogueSession_dialogueId_idx" ON "DialogueSession"("dialogueId");

-- CreateIndex
CREATE INDEX "DialogueSession_versionId_idx" ON "DialogueSession"("versionId");

-- CreateIndex
CREATE UNIQUE INDEX "DialogueSession_workspaceId_id_key" ON "DialogueSession"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "DialogueSession_workspaceId_conversationId_key" ON "DialogueSession"("workspaceId", "conversationId");

-- CreateIndex
CREATE INDEX "DialogueCompletion_dialogueId_idx" ON "DialogueCompletion"("dialogueId");

-- CreateIndex
CREATE INDEX "DialogueCount_workspaceId_at_idx" ON "DialogueCount"("workspaceId", "at");

-- CreateIndex
CREATE INDEX "DialogueCount_at_idx" ON "DialogueCount"("at");

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_dialogueId_fkey" FOREIGN KEY ("workspaceId", "dialogueId") REFERENCES "Dialogue"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Attribute" ADD CONSTRAINT "Attribute_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AttributeUse" ADD CONSTRAINT "AttributeUse_workspaceId_attributeId_fkey" FOREIGN KEY ("workspaceId", "attributeId") REFERENCES "Attribute"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AttributeUse" ADD CONSTRAINT "AttributeUse_workspaceId_dialogueId_fkey" FOREIGN KEY ("workspaceId", "dialogueId") REFERENCES "Dialogue"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AttributeUse" ADD CONSTRAINT "AttributeUse_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Dialogue" ADD CONSTRAINT "Dialogue_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Dialogue" ADD CONSTRAINT "Dialogue_workspaceId_publishedVersionId_fkey" FOREIGN KEY ("workspaceId", "publishedVersionId") REFERENCES "DialogueVersion"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueVersion" ADD CONSTRAINT "DialogueVersion_workspaceId_dialogueId_fkey" FOREIGN KEY ("workspaceId", "dialogueId") REFERENCES "Dialogue"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_dialogueId_fkey" FOREIGN KEY ("workspaceId", "dialogueId") REFERENCES "Dialogue"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_versionId_fkey" FOREIGN KEY ("workspaceId", "versionId") REFERENCES "DialogueVersion"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_visitorId_fkey" FOREIGN KEY ("workspaceId", "visitorId") REFERENCES "Visitor"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_personId_fkey" FOREIGN KEY ("workspaceId", "personId") REFERENCES "Person"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueCompletion" ADD CONSTRAINT "DialogueCompletion_workspaceId_personId_fkey" FOREIGN KEY ("workspaceId", "personId") REFERENCES "Person"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "DialogueCompletion" ADD CONSTRAINT "DialogueCompletion_workspaceId_dialogueId_fkey" FOREIGN KEY ("workspaceId", "dialogueId") REFERENCES "Dialogue"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.

ALTER TABLE "Workspace" ADD CONSTRAINT "Workspace_phone_country" CHECK ("phoneCountry" ~ '^[A-Z]{2}$');

ALTER TABLE "Attribute" ADD CONSTRAINT "Attribute_values" CHECK (
  ("type" = 'PICKLIST') = (cardinality("values") > 0) AND NOT ("builtIn" AND "synced")
);

ALTER TABLE "AttributeUse" ADD CONSTRAINT "AttributeUse_owner" CHECK (num_nonnulls("dialogueId", "agentId") = 1);

ALTER TABLE "Dialogue" ADD CONSTRAINT "Dialogue_deleted" CHECK ("deletedAt" IS NULL OR "publishedVersionId" IS NULL);

-- A chat that a dialogue began may end without an agent.
ALTER TABLE "Conversation" DROP CONSTRAINT "Conversation_state",
ADD CONSTRAINT "Conversation_state" CHECK (
  ("agentId" IS NULL) = ("acceptedAt" IS NULL) AND CASE "state"
    WHEN 'AUTOMATED' THEN "agentId" IS NULL AND "endedAt" IS NULL AND "dialogueId" IS NOT NULL
    WHEN 'ACTIVE' THEN "agentId" IS NOT NULL AND "endedAt" IS NULL
    WHEN 'ENDED' THEN ("agentId" IS NOT NULL OR "dialogueId" IS NOT NULL) AND "endedAt" IS NOT NULL
    WHEN 'TIMED_OUT' THEN ("agentId" IS NOT NULL OR "dialogueId" IS NOT NULL) AND "endedAt" IS NOT NULL
    WHEN 'MISSED' THEN "endedAt" IS NOT NULL
    WHEN 'ABANDONED' THEN "agentId" IS NULL AND "endedAt" IS NOT NULL
    ELSE "agentId" IS NULL AND "endedAt" IS NULL
  END
);

ALTER TABLE "DialogueSession" ADD CONSTRAINT "DialogueSession_owner" CHECK (
  num_nonnulls("visitorId", "agentId") = 1 AND num_nonnulls("versionId", "preview") = 1
  AND ("agentId" IS NULL) = ("preview" IS NULL)
),
ADD CONSTRAINT "DialogueSession_state" CHECK (
  "step" >= 0 AND ("completedAt" IS NULL OR "endedAt" IS NOT NULL AND "pendingCard" IS NULL)
  AND ("conversationId" IS NULL OR "engagedAt" IS NOT NULL) AND ("engagedAt" IS NULL OR "triggeredAt" IS NOT NULL)
);

-- A browser has one session of a dialogue at a time.
CREATE UNIQUE INDEX "DialogueSession_open" ON "DialogueSession" ("visitorId", "dialogueId")
  WHERE "endedAt" IS NULL AND "visitorId" IS NOT NULL;

-- For the end of sessions without a sign of the visitor.
CREATE INDEX "DialogueSession_idle" ON "DialogueSession" ("seenAt") WHERE "endedAt" IS NULL;
