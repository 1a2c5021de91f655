-- CreateTable
CREATE TABLE "AnnouncedLoad" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "signedIn" BOOLEAN NOT NULL,
    "hasPush" BOOLEAN NOT NULL,
    "activeChats" INTEGER NOT NULL,
    "pendingOffers" INTEGER NOT NULL,
    "announcedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AnnouncedLoad_pkey" PRIMARY KEY ("agentId")
);

-- CreateIndex
CREATE UNIQUE INDEX "AnnouncedLoad_workspaceId_agentId_key" ON "AnnouncedLoad"("workspaceId", "agentId");

-- AddForeignKey
ALTER TABLE "AnnouncedLoad" ADD CONSTRAINT "AnnouncedLoad_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand from here on.

-- The load of all agents, which is looked through twice a second: few offers of many.
CREATE INDEX "ChatOffer_seats" ON "ChatOffer" ("agentId", "state") WHERE "seat" IS NOT NULL;
