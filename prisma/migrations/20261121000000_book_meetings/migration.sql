-- CreateEnum
CREATE TYPE "Permission" AS ENUM ('VIEW_DIALOGUES', 'MANAGE_DIALOGUES', 'PUBLISH_DIALOGUES', 'VIEW_MY_CONVERSATIONS', 'VIEW_ALL_CONVERSATIONS', 'MANAGE_MY_MEETINGS', 'MANAGE_ALL_MEETINGS', 'VIEW_REPORTS', 'EXPORT_REPORTS', 'MANAGE_LIVE_CHAT_AVAILABILITY', 'CONNECT_CALENDAR', 'MANAGE_MEETING_AVAILABILITY', 'VIEW_ROUTING', 'MANAGE_ROUTING', 'MANAGE_CONFIGURATION', 'MANAGE_PRIVACY_AND_SECURITY', 'MANAGE_INTEGRATIONS', 'MANAGE_AGENTS', 'MANAGE_API_KEYS');

-- CreateEnum
CREATE TYPE "SlotOffer" AS ENUM ('ANY_AGENT', 'NEXT_AGENT');

-- CreateEnum
CREATE TYPE "CalendarProvider" AS ENUM ('GOOGLE', 'MICROSOFT', 'BUILT_IN');

-- CreateEnum
CREATE TYPE "CalendarStatus" AS ENUM ('CONNECTED', 'NEEDS_REAUTHENTICATION', 'DISCONNECTED');

-- CreateEnum
CREATE TYPE "CalendarSync" AS ENUM ('PENDING', 'WRITTEN', 'FAILED');

-- CreateEnum
CREATE TYPE "MeetingStatus" AS ENUM ('SCHEDULED', 'RESCHEDULED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "MeetingOutcome" AS ENUM ('HELD', 'NO_SHOW');

-- CreateEnum
CREATE TYPE "MeetingSource" AS ENUM ('API', 'DIALOGUE', 'LIVE_CHAT', 'FALLBACK');

-- CreateEnum
CREATE TYPE "MeetingChangeKind" AS ENUM ('BOOKED', 'RESCHEDULED', 'CANCELLED', 'REASSIGNED', 'CALENDAR_CHANGED', 'OUTCOME_SET');

-- CreateEnum
CREATE TYPE "RoutingKind" AS ENUM ('MEETING');

-- CreateTable
CREATE TABLE "Installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "secretKey" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Workspace" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "allowedOrigins" TEXT[],
    "slotOffer" "SlotOffer" NOT NULL DEFAULT 'ANY_AGENT',
    "fallbackMessage" TEXT NOT NULL,
    "fallbackOfferMeeting" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Role" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "permissions" "Permission"[],
    "builtIn" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Role_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Agent" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "pictureUrl" TEXT,
    "oidcSubject" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "removedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AgentRole" (
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "roleId" UUID NOT NULL,

    CONSTRAINT "AgentRole_pkey" PRIMARY KEY ("agentId","roleId")
);

-- CreateTable
CREATE TABLE "Team" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "Team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TeamMember" (
    "workspaceId" UUID NOT NULL,
    "teamId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "TeamMember_pkey" PRIMARY KEY ("teamId","agentId")
);

-- CreateTable
CREATE TABLE "MeetingAvailability" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "timeZone" TEXT NOT NULL,
    "weekly" JSONB NOT NULL,
    "overrides" JSONB NOT NULL,
    "durationMinutes" INTEGER NOT NULL DEFAULT 30,
    "bufferMinutes" INTEGER NOT NULL DEFAULT 0,
    "minimumNoticeMinutes" INTEGER NOT NULL DEFAULT 1440,
    "bookingWindowDays" INTEGER NOT NULL DEFAULT 60,
    "slotStepMinutes" INTEGER,

    CONSTRAINT "MeetingAvailability_pkey" PRIMARY KEY ("agentId")
);

-- CreateTable
CREATE TABLE "LiveChatAvailability" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "timeZone" TEXT NOT NULL,
    "weekly" JSONB NOT NULL,
    "overrides" JSONB NOT NULL,

    CONSTRAINT "LiveChatAvailability_pkey" PRIMARY KEY ("agentId")
);

-- CreateTable
CREATE TABLE "CalendarConnection" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "provider" "CalendarProvider" NOT NULL,
    "accountEmail" TEXT NOT NULL,
    "status" "CalendarStatus" NOT NULL,
    "statusReason" TEXT,
    "connectedAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSyncedAt" TIMESTAMPTZ(3),

    CONSTRAINT "CalendarConnection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Person" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "email" TEXT,
    "firstName" TEXT,
    "lastName" TEXT,
    "jobTitle" TEXT,
    "phone" TEXT,
    "companyName" TEXT,
    "companyDomain" TEXT,
    "companyAttributes" JSONB NOT NULL DEFAULT '{}',
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Visitor" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "pageUrl" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Visitor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Meeting" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "status" "MeetingStatus" NOT NULL DEFAULT 'SCHEDULED',
    "outcome" "MeetingOutcome",
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "timeZone" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "conferenceUrl" TEXT,
    "calendarSync" "CalendarSync" NOT NULL DEFAULT 'PENDING',
    "source" "MeetingSource" NOT NULL DEFAULT 'API',
    "pageUrl" TEXT,
    "bookedBy" TEXT NOT NULL,
    "routedBy" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "bookedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Meeting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MeetingChange" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "meetingId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "MeetingChangeKind" NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT,
    "revision" INTEGER NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "agentId" UUID NOT NULL,
    "previousStartsAt" TIMESTAMPTZ(3),
    "previousAgentId" UUID,

    CONSTRAINT "MeetingChange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Reservation" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "blockedUntil" TIMESTAMPTZ(3) NOT NULL,
    "meetingId" UUID,
    "holder" TEXT,
    "expiresAt" TIMESTAMPTZ(3),
    "decisionId" UUID,

    CONSTRAINT "Reservation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RoutingPool" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" "RoutingKind" NOT NULL,
    "teamId" UUID,
    "lastAgentId" UUID,

    CONSTRAINT "RoutingPool_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RoutingPlace" (
    "workspaceId" UUID NOT NULL,
    "kind" "RoutingKind" NOT NULL,
    "agentId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "lastAssignedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RoutingPlace_pkey" PRIMARY KEY ("agentId","kind")
);

-- CreateTable
CREATE TABLE "RoutingDecision" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" "RoutingKind" NOT NULL,
    "decidedAt" TIMESTAMPTZ(3) NOT NULL,
    "agentId" UUID,
    "pool" TEXT NOT NULL,
    "steps" JSONB NOT NULL,
    "meetingId" UUID,

    CONSTRAINT "RoutingDecision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IdempotencyKey" (
    "workspaceId" UUID NOT NULL,
    "caller" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "inputHash" BYTEA NOT NULL,
    "outcome" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "IdempotencyKey_pkey" PRIMARY KEY ("workspaceId","caller","key")
);

-- CreateTable
CREATE TABLE "EventStream" (
    "id" TEXT NOT NULL,
    "workspaceId" UUID NOT NULL,
    "head" BIGINT NOT NULL,

    CONSTRAINT "EventStream_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Event" (
    "streamId" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "workspaceId" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("streamId","seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "Workspace_publicKey_key" ON "Workspace"("publicKey");

-- CreateIndex
CREATE UNIQUE INDEX "Role_workspaceId_id_key" ON "Role"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Role_workspaceId_name_key" ON "Role"("workspaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Agent_workspaceId_id_key" ON "Agent"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Team_workspaceId_id_key" ON "Team"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Team_workspaceId_name_key" ON "Team"("workspaceId", "name");

-- CreateIndex
CREATE INDEX "TeamMember_agentId_idx" ON "TeamMember"("agentId");

-- CreateIndex
CREATE UNIQUE INDEX "MeetingAvailability_workspaceId_agentId_key" ON "MeetingAvailability"("workspaceId", "agentId");

-- CreateIndex
CREATE UNIQUE INDEX "LiveChatAvailability_workspaceId_agentId_key" ON "LiveChatAvailability"("workspaceId", "agentId");

-- CreateIndex
CREATE UNIQUE INDEX "CalendarConnection_agentId_key" ON "CalendarConnection"("agentId");

-- CreateIndex
CREATE UNIQUE INDEX "CalendarConnection_workspaceId_agentId_key" ON "CalendarConnection"("workspaceId", "agentId");

-- CreateIndex
CREATE UNIQUE INDEX "CalendarConnection_workspaceId_provider_accountEmail_key" ON "CalendarConnection"("workspaceId", "provider", "accountEmail");

-- CreateIndex
CREATE UNIQUE INDEX "Person_workspaceId_id_key" ON "Person"("workspaceId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Person_workspaceId_email_key" ON "Person"("workspaceId", "email");

-- CreateIndex
CREATE UNIQUE INDEX "Visitor_tokenHash_key" ON "Visitor"("tokenHash");

-- CreateIndex
CREATE INDEX "Visitor_personId_idx" ON "Visitor"("personId");

-- CreateIndex
CREATE INDEX "Meeting_workspaceId_startsAt_id_idx" ON "Meeting"("workspaceId", "startsAt", "id");

-- CreateIndex
CREATE INDEX "Meeting_workspaceId_bookedAt_id_idx" ON "Meeting"("workspaceId", "bookedAt", "id");

-- CreateIndex
CREATE INDEX "Meeting_agentId_startsAt_idx" ON "Meeting"("agentId", "startsAt");

-- CreateIndex
CREATE INDEX "Meeting_personId_startsAt_idx" ON "Meeting"("personId", "startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Meeting_workspaceId_id_key" ON "Meeting"("workspaceId", "id");

-- CreateIndex
CREATE INDEX "MeetingChange_meetingId_at_idx" ON "MeetingChange"("meetingId", "at");

-- CreateIndex
CREATE INDEX "Reservation_agentId_startsAt_idx" ON "Reservation"("agentId", "startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Reservation_holder_key" ON "Reservation"("holder");

-- CreateIndex
CREATE UNIQUE INDEX "Reservation_workspaceId_meetingId_key" ON "Reservation"("workspaceId", "meetingId");

-- CreateIndex
-- One pool of all agents (teamId null) for each kind.
CREATE UNIQUE INDEX "RoutingPool_workspaceId_kind_teamId_key" ON "RoutingPool"("workspaceId", "kind", "teamId") NULLS NOT DISTINCT;

-- CreateIndex
CREATE INDEX "RoutingPlace_workspaceId_kind_position_idx" ON "RoutingPlace"("workspaceId", "kind", "position");

-- CreateIndex
CREATE INDEX "RoutingDecision_workspaceId_kind_decidedAt_idx" ON "RoutingDecision"("workspaceId", "kind", "decidedAt");

-- CreateIndex
CREATE INDEX "RoutingDecision_meetingId_idx" ON "RoutingDecision"("meetingId");

-- CreateIndex
CREATE INDEX "IdempotencyKey_createdAt_idx" ON "IdempotencyKey"("createdAt");

-- CreateIndex
CREATE INDEX "Event_at_idx" ON "Event"("at");

-- AddForeignKey
ALTER TABLE "Role" ADD CONSTRAINT "Role_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AgentRole" ADD CONSTRAINT "AgentRole_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AgentRole" ADD CONSTRAINT "AgentRole_workspaceId_roleId_fkey" FOREIGN KEY ("workspaceId", "roleId") REFERENCES "Role"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Team" ADD CONSTRAINT "Team_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_workspaceId_teamId_fkey" FOREIGN KEY ("workspaceId", "teamId") REFERENCES "Team"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TeamMember" ADD CONSTRAINT "TeamMember_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingAvailability" ADD CONSTRAINT "MeetingAvailability_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LiveChatAvailability" ADD CONSTRAINT "LiveChatAvailability_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarConnection" ADD CONSTRAINT "CalendarConnection_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Person" ADD CONSTRAINT "Person_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Visitor" ADD CONSTRAINT "Visitor_workspaceId_personId_fkey" FOREIGN KEY ("workspaceId", "personId") REFERENCES "Person"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Meeting" ADD CONSTRAINT "Meeting_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Meeting" ADD CONSTRAINT "Meeting_workspaceId_personId_fkey" FOREIGN KEY ("workspaceId", "personId") REFERENCES "Person"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_workspaceId_meetingId_fkey" FOREIGN KEY ("workspaceId", "meetingId") REFERENCES "Meeting"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_workspaceId_meetingId_fkey" FOREIGN KEY ("workspaceId", "meetingId") REFERENCES "Meeting"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingPool" ADD CONSTRAINT "RoutingPool_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingPool" ADD CONSTRAINT "RoutingPool_workspaceId_teamId_fkey" FOREIGN KEY ("workspaceId", "teamId") REFERENCES "Team"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingPool" ADD CONSTRAINT "RoutingPool_workspaceId_lastAgentId_fkey" FOREIGN KEY ("workspaceId", "lastAgentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingPlace" ADD CONSTRAINT "RoutingPlace_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingDecision" ADD CONSTRAINT "RoutingDecision_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RoutingDecision" ADD CONSTRAINT "RoutingDecision_workspaceId_meetingId_fkey" FOREIGN KEY ("workspaceId", "meetingId") REFERENCES "Meeting"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema language does not express --------------------------------------------------------

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- No two standing meetings or live holds of an agent overlap, buffer included. Whoever needs the time of a
-- hold that has expired drops that hold in the same transaction.
ALTER TABLE "Reservation" ADD CONSTRAINT "Reservation_no_overlap"
  EXCLUDE USING gist ("agentId" WITH =, tstzrange("startsAt", "blockedUntil") WITH &&);

ALTER TABLE "Reservation"
  ADD CONSTRAINT "Reservation_times" CHECK ("startsAt" < "endsAt" AND "endsAt" <= "blockedUntil"),
  ADD CONSTRAINT "Reservation_meeting_or_hold" CHECK (
    ("meetingId" IS NULL) = ("expiresAt" IS NOT NULL) AND ("meetingId" IS NULL) = ("holder" IS NOT NULL)
  );

ALTER TABLE "Meeting" ADD CONSTRAINT "Meeting_times" CHECK ("startsAt" < "endsAt");

-- An e-mail belongs to one agent at a time. That of a removed agent is free again.
CREATE UNIQUE INDEX "Agent_workspaceId_email_key" ON "Agent"("workspaceId", "email") WHERE "removedAt" IS NULL;
CREATE UNIQUE INDEX "Agent_workspaceId_oidcSubject_key" ON "Agent"("workspaceId", "oidcSubject") WHERE "removedAt" IS NULL;

ALTER TABLE "MeetingAvailability"
  ADD CONSTRAINT "MeetingAvailability_ranges" CHECK (
    "durationMinutes" BETWEEN 1 AND 1440 AND "bufferMinutes" BETWEEN 0 AND 1440
    AND "minimumNoticeMinutes" >= 0 AND "bookingWindowDays" >= 0 AND ("slotStepMinutes" IS NULL OR "slotStepMinutes" BETWEEN 1 AND 1440)
  );

ALTER TABLE "Installation" ADD CONSTRAINT "Installation_one_row" CHECK ("id" = 1);
