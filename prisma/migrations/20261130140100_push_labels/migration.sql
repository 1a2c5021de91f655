-- AlterTable
ALTER TABLE "PushSubscription" ADD COLUMN     "label" TEXT,
ADD COLUMN     "lastUsedAt" TIMESTAMPTZ(3);
