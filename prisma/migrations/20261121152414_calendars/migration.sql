-- CreateEnum
CREATE TYPE "BusyKind" AS ENUM ('BUSY', 'TENTATIVE', 'OUT_OF_OFFICE');

-- DropIndex
DROP INDEX "CalendarConnection_workspaceId_provider_accountEmail_key";

-- AlterTable
ALTER TABLE "CalendarConnection" ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "knownFrom" TIMESTAMPTZ(3),
ADD COLUMN     "knownUntil" TIMESTAMPTZ(3),
ADD COLUMN     "leasedUntil" TIMESTAMPTZ(3),
ADD COLUMN     "restsUntil" TIMESTAMPTZ(3),
ADD COLUMN     "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "subject" TEXT,
ADD COLUMN     "syncDueAt" TIMESTAMPTZ(3),
ADD COLUMN     "timeZone" TEXT NOT NULL DEFAULT 'UTC';

-- CreateTable
CREATE TABLE "CalendarCredential" (
    "workspaceId" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "refreshToken" BYTEA NOT NULL,
    "accessToken" BYTEA NOT NULL,
    "accessExpiresAt" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "renewingUntil" TIMESTAMPTZ(3),

    CONSTRAINT "CalendarCredential_pkey" PRIMARY KEY ("connectionId")
);

-- CreateTable
CREATE TABLE "CalendarAuthorization" (
    "stateHash" BYTEA NOT NULL,
    "workspaceId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "provider" "CalendarProvider" NOT NULL,
    "verifier" BYTEA NOT NULL,
    "returnUrl" TEXT,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CalendarAuthorization_pkey" PRIMARY KEY ("stateHash")
);

-- CreateTable
CREATE TABLE "CalendarBusy" (
    "workspaceId" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "eventId" TEXT NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "kind" "BusyKind" NOT NULL,

    CONSTRAINT "CalendarBusy_pkey" PRIMARY KEY ("connectionId","eventId","startsAt")
);

-- CreateTable
CREATE TABLE "CalendarChannel" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "providerId" TEXT,
    "resourceId" TEXT,
    "secretHash" BYTEA NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "CalendarChannel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CalendarEntry" (
    "workspaceId" UUID NOT NULL,
    "meetingId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "eventId" TEXT,
    "iCalUid" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 0,
    "version" TEXT,
    "revision" INTEGER,
    "invites" BOOLEAN NOT NULL DEFAULT true,
    "dueAt" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failingFrom" TIMESTAMPTZ(3),

    CONSTRAINT "CalendarEntry_pkey" PRIMARY KEY ("meetingId","agentId")
);

-- CreateIndex
CREATE UNIQUE INDEX "CalendarCredential_workspaceId_connectionId_key" ON "CalendarCredential"("workspaceId", "connectionId");

-- CreateIndex
CREATE INDEX "CalendarAuthorization_expiresAt_idx" ON "CalendarAuthorization"("expiresAt");

-- CreateIndex
CREATE INDEX "CalendarBusy_connectionId_endsAt_startsAt_idx" ON "CalendarBusy"("connectionId", "endsAt", "startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "CalendarChannel_providerId_key" ON "CalendarChannel"("providerId");

-- CreateIndex
CREATE INDEX "CalendarChannel_connectionId_idx" ON "CalendarChannel"("connectionId");

-- CreateIndex
CREATE INDEX "CalendarEntry_agentId_dueAt_idx" ON "CalendarEntry"("agentId", "dueAt");

-- CreateIndex
CREATE INDEX "CalendarConnection_syncDueAt_idx" ON "CalendarConnection"("syncDueAt");

-- CreateIndex
CREATE UNIQUE INDEX "CalendarConnection_workspaceId_id_key" ON "CalendarConnection"("workspaceId", "id");

-- AddForeignKey
ALTER TABLE "CalendarCredential" ADD CONSTRAINT "CalendarCredential_workspaceId_connectionId_fkey" FOREIGN KEY ("workspaceId", "connectionId") REFERENCES "CalendarConnection"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarAuthorization" ADD CONSTRAINT "CalendarAuthorization_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarBusy" ADD CONSTRAINT "CalendarBusy_workspaceId_connectionId_fkey" FOREIGN KEY ("workspaceId", "connectionId") REFERENCES "CalendarConnection"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarChannel" ADD CONSTRAINT "CalendarChannel_workspaceId_connectionId_fkey" FOREIGN KEY ("workspaceId", "connectionId") REFERENCES "CalendarConnection"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarEntry" ADD CONSTRAINT "CalendarEntry_workspaceId_meetingId_fkey" FOREIGN KEY ("workspaceId", "meetingId") REFERENCES "Meeting"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CalendarEntry" ADD CONSTRAINT "CalendarEntry_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: one agent of a workspace for each account at a provider, as long as it is connected.
CREATE UNIQUE INDEX "CalendarConnection_one_agent_per_account"
  ON "CalendarConnection" ("workspaceId", "provider", coalesce("subject", "accountEmail"))
  WHERE "status" <> 'DISCONNECTED';

ALTER TABLE "CalendarConnection"
  ADD CONSTRAINT "CalendarConnection_subject" CHECK (("provider" = 'BUILT_IN') = ("subject" IS NULL)),
  ADD CONSTRAINT "CalendarConnection_known" CHECK (
    ("knownFrom" IS NULL) = ("knownUntil" IS NULL) AND ("knownFrom" IS NULL OR "lastSyncedAt" IS NOT NULL)
  );

ALTER TABLE "CalendarBusy" ADD CONSTRAINT "CalendarBusy_times" CHECK ("startsAt" < "endsAt");

CREATE INDEX "CalendarEntry_due" ON "CalendarEntry" ("dueAt") WHERE "dueAt" IS NOT NULL;
