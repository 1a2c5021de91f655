-- CreateEnum
CREATE TYPE "CalendarStateReason" AS ENUM ('ACCESS_ENDED', 'CALENDAR_GONE', 'NO_MAILBOX');

-- AlterTable
ALTER TABLE "CalendarConnection" ADD COLUMN     "stateReasonCode" "CalendarStateReason";
