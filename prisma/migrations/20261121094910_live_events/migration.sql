-- CreateTable
CREATE TABLE "ConsoleLease" (
    "nodeId" UUID NOT NULL,
    "agentId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ConsoleLease_pkey" PRIMARY KEY ("agentId","nodeId")
);

-- CreateIndex
CREATE INDEX "ConsoleLease_expiresAt_idx" ON "ConsoleLease"("expiresAt");

-- AddForeignKey
ALTER TABLE "ConsoleLease" ADD CONSTRAINT "ConsoleLease_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
