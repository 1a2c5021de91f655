-- AlterTable
ALTER TABLE "DialogueSession" ADD COLUMN "bookedStep" INTEGER,
ADD COLUMN "bookedAsNew" BOOLEAN NOT NULL DEFAULT false;

-- Written by hand from here on.

-- What was booked at the present step, before this column said so. The key of the call names the session and the step.
UPDATE "DialogueSession" s SET "bookedStep" = s."step"
WHERE EXISTS (
  SELECT FROM "IdempotencyKey" k WHERE k."workspaceId" = s."workspaceId"
    AND k."caller" = 'visitor:' || s."visitorId" || ' dialogue' AND k."key" = s."id" || ' ' || s."step"
);

-- Answers that have booked a meeting and are yet to be applied.
CREATE INDEX "DialogueSession_unapplied" ON "DialogueSession" ("visitorId") WHERE "bookedStep" = "step";
