-- What was chosen for the meetings to come of an agent who was removed, and which meetings these are.
CREATE TYPE "MeetingsOfRemovedAgent" AS ENUM ('REASSIGN', 'CANCEL', 'KEEP');

CREATE TABLE "AgentRemoval" (
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "choice" "MeetingsOfRemovedAgent" NOT NULL,
    "meetingIds" UUID[] NOT NULL,
    "removedAt" TIMESTAMPTZ(3) NOT NULL,
    "finishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AgentRemoval_pkey" PRIMARY KEY ("agentId")
);

CREATE UNIQUE INDEX "AgentRemoval_workspaceId_agentId_key" ON "AgentRemoval"("workspaceId", "agentId");

ALTER TABLE "AgentRemoval" ADD CONSTRAINT "AgentRemoval_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
