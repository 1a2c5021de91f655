-- An attempt to connect a calendar belongs to a browser, and waits for a confirmation. Attempts last ten minutes, and
-- those of the version before belong to no browser
DELETE FROM "CalendarAuthorization";
ALTER TABLE "CalendarAuthorization" ADD COLUMN "browserHash" BYTEA NOT NULL;
ALTER TABLE "CalendarAuthorization" ADD COLUMN "grant" BYTEA;
ALTER TABLE "CalendarAuthorization" ADD COLUMN "confirmedAt" TIMESTAMPTZ(3);
ALTER TABLE "CalendarAuthorization" ALTER COLUMN "verifier" DROP NOT NULL;
