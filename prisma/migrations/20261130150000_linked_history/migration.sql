-- CreateEnum
CREATE TYPE "ActorKind" AS ENUM ('VISITOR', 'AGENT', 'CALENDAR', 'SWITCHBOARD');

-- CreateEnum
CREATE TYPE "MeetingChangeReason" AS ENUM ('EVENT_DELETED', 'EVENT_DECLINED', 'EVENT_MOVED', 'EVENT_MOVED_ONTO_MEETING', 'VISITOR_TAKEN_OFF_EVENT', 'AGENT_REMOVED', 'VISITOR_EMAIL_CHANGED', 'AGENT_EMAIL_CHANGED');

-- AlterTable
ALTER TABLE "MeetingChange" ADD COLUMN     "actorAgentId" UUID,
ADD COLUMN     "actorKind" "ActorKind",
ADD COLUMN     "outcome" "MeetingOutcome",
ADD COLUMN     "reasonCode" "MeetingChangeReason";

-- Written by hand from here on.

-- What the sentences of earlier entries say.
UPDATE "MeetingChange" SET
  "actorKind" = CASE
    WHEN "kind" = 'CALENDAR_CHANGED' THEN 'CALENDAR'
    WHEN "actor" = 'Visitor' THEN 'VISITOR'
    WHEN "actor" = 'Switchboard' THEN 'SWITCHBOARD'
    ELSE 'AGENT'
  END::"ActorKind",
  "actorAgentId" = CASE WHEN "kind" = 'CALENDAR_CHANGED' THEN "agentId" END,
  "reasonCode" = CASE
    WHEN "kind" <> 'CALENDAR_CHANGED' THEN
      CASE WHEN "actor" = 'Switchboard' AND "reason" IS NOT NULL THEN 'AGENT_REMOVED' END
    WHEN "reason" = 'The agent deleted the meeting in the calendar.' THEN 'EVENT_DELETED'
    WHEN "reason" = 'The agent declined the meeting in the calendar.' THEN 'EVENT_DECLINED'
    WHEN "reason" = 'The agent moved the meeting in the calendar.' THEN 'EVENT_MOVED'
    WHEN "reason" = 'The agent moved the meeting in the calendar, onto another meeting.' THEN 'EVENT_MOVED_ONTO_MEETING'
    WHEN "reason" = 'The agent took the visitor off the event in the calendar.' THEN 'VISITOR_TAKEN_OFF_EVENT'
  END::"MeetingChangeReason",
  "outcome" = CASE WHEN "kind" = 'OUTCOME_SET' THEN "reason" END::"MeetingOutcome",
  "reason" = CASE WHEN "kind" <> 'OUTCOME_SET' THEN "reason" END;

ALTER TABLE "MeetingChange" ALTER COLUMN "actorKind" SET NOT NULL;

-- An outcome is recorded by a change of that kind, and only by one. The agent who acted is known for agents and calendars
-- only.
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_outcome" CHECK (("kind" = 'OUTCOME_SET') = ("outcome" IS NOT NULL));
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_actor" CHECK ("actorAgentId" IS NULL OR "actorKind" IN ('AGENT', 'CALENDAR'));

-- AddForeignKey
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_workspaceId_previousAgentId_fkey" FOREIGN KEY ("workspaceId", "previousAgentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "MeetingChange" ADD CONSTRAINT "MeetingChange_workspaceId_actorAgentId_fkey" FOREIGN KEY ("workspaceId", "actorAgentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
