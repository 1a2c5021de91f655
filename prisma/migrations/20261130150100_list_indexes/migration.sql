-- CreateIndex
CREATE INDEX "Meeting_bookedBy_idx" ON "Meeting"("bookedBy");

-- Written by hand from here on.

-- For lists of meetings whose outcome is to be recorded.
CREATE INDEX "Meeting_without_outcome" ON "Meeting"("workspaceId", "startsAt", "id") WHERE "outcome" IS NULL;

-- People by name. The digit puts those of whom no name is known behind all others, in every collation.
ALTER TABLE "Person" ADD COLUMN "sortName" TEXT NOT NULL GENERATED ALWAYS AS (
  CASE
    WHEN coalesce("lastName", "firstName", "email") IS NULL THEN '1'
    ELSE '0' || lower(coalesce("lastName" || ' ', '') || coalesce("firstName" || ' ', '') || coalesce("email", ''))
  END
) STORED;

CREATE INDEX "Person_workspaceId_sortName_id_idx" ON "Person"("workspaceId", "sortName", "id");
