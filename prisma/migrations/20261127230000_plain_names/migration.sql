-- Columns get the names that the code uses: a pause is a back-off, and a start is a first failure.
ALTER TABLE "CalendarConnection" RENAME COLUMN "restsUntil" TO "backoffUntil";
ALTER TABLE "CalendarConnection" RENAME COLUMN "invitesFrom" TO "invitationsPausedUntil";
ALTER TABLE "CalendarEntry" RENAME COLUMN "failingFrom" TO "firstFailedAt";
