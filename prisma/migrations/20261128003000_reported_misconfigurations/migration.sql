-- The column gets the name that the code uses.
ALTER TABLE "CalendarMisconfiguration" RENAME COLUMN "toldAt" TO "reportedAt";
