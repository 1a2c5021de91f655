-- CreateTable
CREATE TABLE "VisitorLease" (
    "nodeId" UUID NOT NULL,
    "conversationId" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "VisitorLease_pkey" PRIMARY KEY ("conversationId","nodeId")
);

-- CreateIndex
CREATE INDEX "VisitorLease_expiresAt_idx" ON "VisitorLease"("expiresAt");

-- AddForeignKey
ALTER TABLE "VisitorLease" ADD CONSTRAINT "VisitorLease_workspaceId_conversationId_fkey" FOREIGN KEY ("workspaceId", "conversationId") REFERENCES "Conversation"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;
