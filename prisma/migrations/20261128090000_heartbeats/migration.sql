-- CreateTable
CREATE TABLE "NodeHeartbeat" (
    "nodeId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NodeHeartbeat_pkey" PRIMARY KEY ("nodeId")
);

-- AlterTable
ALTER TABLE "ConsoleLease" ADD COLUMN     "protectedUntil" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "VisitorLease" ADD COLUMN     "protectedUntil" TIMESTAMPTZ(3);
