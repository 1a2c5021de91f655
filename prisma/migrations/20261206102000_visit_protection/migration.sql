-- CreateEnum
CREATE TYPE "VisitProtection" AS ENUM ('NONE', 'PROOF_OF_WORK');

-- AlterTable
ALTER TABLE "Workspace" ADD COLUMN     "visitProtection" "VisitProtection" NOT NULL DEFAULT 'NONE';

-- CreateTable
CREATE TABLE "UsedProof" (
    "workspaceId" UUID NOT NULL,
    "nonce" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UsedProof_pkey" PRIMARY KEY ("workspaceId","nonce")
);

-- CreateIndex
CREATE INDEX "UsedProof_expiresAt_idx" ON "UsedProof"("expiresAt");
