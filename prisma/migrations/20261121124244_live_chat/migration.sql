-- CreateEnum
CREATE TYPE "ConversationState" AS ENUM ('AUTOMATED', 'REQUESTED', 'OFFERED', 'ACTIVE', 'ENDED', 'TIMED_OUT', 'MISSED', 'ABANDONED');

-- CreateEnum
CREATE TYPE "OfferState" AS ENUM ('PENDING', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'RESCINDED', 'REVOKED');

-- CreateEnum
CREATE TYPE "Author" AS ENUM ('VISITOR', 'AGENT', 'BOT', 'SYSTEM');

-- AlterEnum
ALTER TYPE "RoutingKind" ADD VALUE 'LIVE_CHAT';

-- AlterTable
ALTER TABLE "Installation" ADD COLUMN     "vapidPrivateKey" TEXT,
ADD COLUMN     "vapidPublicKey" TEXT;

-- AlterTable
ALTER TABLE "LiveChatAvailability" ADD COLUMN     "announceAt" TIMESTAMPTZ(3),
ADD COLUMN     "announcedAvailable" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "toggledAt" TIMESTAMPTZ(3),
ADD COLUMN     "toggledTo" BOOLEAN;

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "conversationId" UUID;

-- AlterTable
ALTER TABLE "Person" ADD COLUMN     "crmStatus" TEXT;

-- AlterTable
ALTER TABLE "RoutingDecision" ADD COLUMN     "conversationId" UUID;

-- AlterTable
ALTER TABLE "RoutingPlace" ADD COLUMN     "offered" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Visitor" ADD COLUMN     "verified" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "blockedEmailDomains" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "chatEnabled" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "chatFallbackMessage" TEXT NOT NULL DEFAULT 'Nobody is available for a chat at the moment. Please leave a message or book a meeting.',
ADD COLUMN     "chatFallbackOfferMeeting" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "chatsPerAgent" INTEGER NOT NULL DEFAULT 5,
ADD COLUMN     "identitySecret" BYTEA NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
ADD COLUMN     "idleTimeoutMinutes" INTEGER NOT NULL DEFAULT 10,
ADD COLUMN     "maxOffersPerRequest" INTEGER NOT NULL DEFAULT 2,
ADD COLUMN     "offerTimeoutSeconds" INTEGER NOT NULL DEFAULT 100,
ADD COLUMN     "toggleResetsAtMidnight" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Conversation" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "visitorId" UUID NOT NULL,
    "state" "ConversationState" NOT NULL,
    "agentId" UUID,
    "target" JSONB NOT NULL,
    "pageUrl" TEXT,
    "requestedAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "lastActiveAt" TIMESTAMPTZ(3) NOT NULL,
    "score" INTEGER,
    "messageCount" INTEGER NOT NULL DEFAULT 0,
    "eventCount" INTEGER NOT NULL DEFAULT 0,
    "readByVisitor" INTEGER NOT NULL DEFAULT 0,
    "readByAgent" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Conversation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ChatOffer" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "conversationId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "state" "OfferState" NOT NULL DEFAULT 'PENDING',
    "attempt" INTEGER NOT NULL,
    "transferredBy" UUID,
    "offeredAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "settledAt" TIMESTAMPTZ(3),
    "pushedAt" TIMESTAMPTZ(3),
    "seat" INTEGER,
    "capacity" INTEGER NOT NULL,

    CONSTRAINT "ChatOffer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Message" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "conversationId" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "author" "Author" NOT NULL,
    "agentId" UUID,
    "text" TEXT NOT NULL,
    "sentAt" TIMESTAMPTZ(3) NOT NULL,
    "sharedAgentId" UUID,
    "sender" TEXT,
    "clientKey" TEXT,

    CONSTRAINT "Message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PushSubscription" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "endpoint" TEXT NOT NULL,
    "p256dh" TEXT NOT NULL,
    "auth" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PushSubscription_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Conversation_workspaceId_requestedAt_id_idx" ON "Conversation"("workspaceId", "requestedAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_agentId_requestedAt_id_idx" ON "Conversation"("agentId", "requestedAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_personId_requestedAt_id_idx" ON "Conversation"("personId", "requestedAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_visitorId_idx" ON "Conversation"("visitorId");

-- CreateIndex
CREATE UNIQUE INDEX "Conversation_workspaceId_id_key" ON "Conversation"("workspaceId", "id");

-- CreateIndex
CREATE INDEX "ChatOffer_conversationId_idx" ON "ChatOffer"("conversationId");

-- CreateIndex
CREATE UNIQUE INDEX "ChatOffer_workspaceId_id_key" ON "ChatOffer"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ChatOffer_agentId_seat_key" ON "ChatOffer"("agentId", "seat");

-- CreateIndex
CREATE UNIQUE INDEX "Message_conversationId_seq_key" ON "Message"("conversationId", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "Message_conversationId_sender_clientKey_key" ON "Message"("conversationId", "sender", "clientKey");

-- CreateIndex
CREATE UNIQUE INDEX "PushSubscription_endpoint_key" ON "PushSubscription"("endpoint");

-- CreateIndex
CREATE INDEX "PushSubscription_agentId_idx" ON "PushSubscription"("agentId");

-- CreateIndex
CREATE INDEX "LiveChatAvailability_announceAt_idx" ON "LiveChatAvailability"("announceAt");

-- CreateIndex
CREATE INDEX "Meeting_conversationId_idx" ON "Meeting"("conversationId");

-- CreateIndex
CREATE INDEX "RoutingDecision_conversationId_idx" ON "RoutingDecision"("conversationId");

-- CreateIndex
CREATE INDEX "Person_workspaceId_createdAt_id_idx" ON "Person"("workspaceId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Visitor_workspaceId_id_key" ON "Visitor"("workspaceId", "id");

-- AddForeignKey
ALTER TABLE "Meeting" ADD CONSTRAINT "Meeting_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingDecision" ADD CONSTRAINT "RoutingDecision_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_personId_fkey" FOREIGN KEY ("workspaceId", "personId") REFERENCES "Person"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_visitorId_fkey" FOREIGN KEY ("workspaceId", "visitorId") REFERENCES "Visitor"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ChatOffer" ADD CONSTRAINT "ChatOffer_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ChatOffer" ADD CONSTRAINT "ChatOffer_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Message" ADD CONSTRAINT "Message_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Message" ADD CONSTRAINT "Message_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Message" ADD CONSTRAINT "Message_workspaceId_sharedAgentId_fkey" FOREIGN KEY ("workspaceId", "sharedAgentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PushSubscription" ADD CONSTRAINT "PushSubscription_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.

ALTER TABLE "Workspace" ALTER COLUMN "identitySecret" DROP DEFAULT,
ADD CONSTRAINT "Workspace_live_chat" CHECK (
  "offerTimeoutSeconds" BETWEEN 10 AND 600 AND "maxOffersPerRequest" BETWEEN 1 AND 10
  AND "chatsPerAgent" BETWEEN 1 AND 10 AND "idleTimeoutMinutes" BETWEEN 1 AND 1440
);

ALTER TABLE "LiveChatAvailability" ADD CONSTRAINT "LiveChatAvailability_toggle" CHECK (
  ("toggledTo" IS NULL) = ("toggledAt" IS NULL)
);

ALTER TABLE "Conversation" ADD CONSTRAINT "Conversation_state" CHECK (
  CASE "state"
    WHEN 'ACTIVE' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NULL
    WHEN 'ENDED' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NOT NULL
    WHEN 'TIMED_OUT' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NOT NULL
    WHEN 'MISSED' THEN "agentId" IS NULL AND "endedAt" IS NOT NULL
    WHEN 'ABANDONED' THEN "agentId" IS NULL AND "endedAt" IS NOT NULL
    ELSE "agentId" IS NULL AND "endedAt" IS NULL
  END
),
ADD CONSTRAINT "Conversation_score" CHECK ("score" BETWEEN 0 AND 3),
ADD CONSTRAINT "Conversation_read" CHECK (
  "readByVisitor" BETWEEN 0 AND "messageCount" AND "readByAgent" BETWEEN 0 AND "messageCount"
);

-- A browser has one chat at a time.
CREATE UNIQUE INDEX "Conversation_open" ON "Conversation" ("visitorId") WHERE "state" IN ('REQUESTED', 'OFFERED', 'ACTIVE');

-- For the idle time-out, and for the agent's own active chats.
CREATE INDEX "Conversation_active" ON "Conversation" ("lastActiveAt") WHERE "state" = 'ACTIVE';
CREATE INDEX "Conversation_inbox" ON "Conversation" ("agentId") WHERE "state" = 'ACTIVE';

-- Active chats and pending offers together take seats, of which an agent has as many as the workspace allows.
ALTER TABLE "ChatOffer" ADD CONSTRAINT "ChatOffer_seat" CHECK ("seat" BETWEEN 1 AND "capacity" AND "capacity" <= 10),
ADD CONSTRAINT "ChatOffer_state" CHECK (
  CASE "state"
    WHEN 'PENDING' THEN "seat" IS NOT NULL AND "settledAt" IS NULL
    WHEN 'ACCEPTED' THEN "settledAt" IS NOT NULL
    ELSE "seat" IS NULL AND "settledAt" IS NOT NULL
  END
);

-- One pending offer, and one owner.
CREATE UNIQUE INDEX "ChatOffer_pending" ON "ChatOffer" ("conversationId") WHERE "state" = 'PENDING';
CREATE UNIQUE INDEX "ChatOffer_owner" ON "ChatOffer" ("conversationId") WHERE "state" = 'ACCEPTED' AND "seat" IS NOT NULL;

CREATE INDEX "ChatOffer_deadline" ON "ChatOffer" ("expiresAt") WHERE "state" = 'PENDING';

ALTER TABLE "Message" ADD CONSTRAINT "Message_author" CHECK (
  ("author" = 'AGENT') = ("agentId" IS NOT NULL) AND ("sender" IS NULL) = ("clientKey" IS NULL)
);
