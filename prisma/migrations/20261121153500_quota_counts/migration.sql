-- CreateEnum
CREATE TYPE "QuotaKind" AS ENUM ('CHAT_REQUEST', 'VISITOR_MESSAGE');

-- CreateTable
CREATE TABLE "QuotaCount" (
    "workspaceId" UUID NOT NULL,
    "kind" "QuotaKind" NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "part" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "QuotaCount_pkey" PRIMARY KEY ("workspaceId","kind","minute","part")
);

-- CreateIndex
CREATE INDEX "QuotaCount_minute_idx" ON "QuotaCount"("minute");
