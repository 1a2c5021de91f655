-- One word for one thing: an outcome is recorded.
ALTER TYPE "MeetingChangeKind" RENAME VALUE 'OUTCOME_SET' TO 'OUTCOME_RECORDED';

-- What changes is Changed, and where a thing stands is its state.
UPDATE "Event" SET "type" = 'ConversationChanged' WHERE "type" = 'ConversationUpdated';
UPDATE "Event" SET "type" = 'CalendarChanged' WHERE "type" = 'CalendarStatusChanged';
ALTER TYPE "CalendarStatus" RENAME TO "CalendarState";
ALTER TABLE "CalendarConnection" RENAME COLUMN "status" TO "state";
ALTER TABLE "CalendarConnection" RENAME COLUMN "statusReason" TO "stateReason";
