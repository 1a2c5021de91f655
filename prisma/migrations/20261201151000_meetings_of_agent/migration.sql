-- Written by hand.

-- For an agent's meetings whose outcome is to be recorded: few of all that the agent, or the workspace, has.
CREATE INDEX "Meeting_of_agent_without_outcome" ON "Meeting" ("agentId", "startsAt", "id") WHERE "outcome" IS NULL;
