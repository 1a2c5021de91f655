-- DropIndex
DROP INDEX "DialogueCount_workspaceId_at_idx";

-- Written by hand from here on.

-- Reports count ranges of these, and never read the table itself. A row is in one or two of them.
CREATE INDEX "DialogueCount_of_workspace" ON "DialogueCount" ("workspaceId", "kind", "at", "known")
  WHERE "kind" IN ('TRIGGERED', 'ENGAGED', 'COMPLETED', 'PERSON_ACQUIRED', 'MEETING_BOOKED', 'GOAL_REACHED');

CREATE INDEX "DialogueCount_of_dialogue" ON "DialogueCount" ("dialogueId", "kind", "at", "known")
  WHERE "kind" IN ('TRIGGERED', 'ENGAGED', 'COMPLETED', 'PERSON_ACQUIRED', 'MEETING_BOOKED', 'GOAL_REACHED');

CREATE INDEX "DialogueCount_of_card" ON "DialogueCount" ("dialogueId", "kind", "occurrence", "at", "known")
  WHERE "kind" IN ('CARD_SHOWN', 'CARD_ANSWERED', 'DOCUMENT_OPENED', 'DOCUMENT_DOWNLOADED');
