-- Why an event counts as busy was written and never read.
ALTER TABLE "CalendarBusy" DROP COLUMN "kind";

-- DropEnum
DROP TYPE "BusyKind";
