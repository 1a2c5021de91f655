-- AlterTable
ALTER TABLE "CalendarAuthorization" ADD COLUMN     "revocations" INTEGER NOT NULL DEFAULT 0;
