-- Written by hand.

-- The chat of a removed agent that nobody took over is MISSED, and keeps the agent who had it.
ALTER TABLE "Conversation" DROP CONSTRAINT "Conversation_state",
ADD CONSTRAINT "Conversation_state" CHECK (
  CASE "state"
    WHEN 'ACTIVE' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NULL
    WHEN 'ENDED' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NOT NULL
    WHEN 'TIMED_OUT' THEN "agentId" IS NOT NULL AND "acceptedAt" IS NOT NULL AND "endedAt" IS NOT NULL
    WHEN 'MISSED' THEN ("agentId" IS NULL) = ("acceptedAt" IS NULL) AND "endedAt" IS NOT NULL
    WHEN 'ABANDONED' THEN "agentId" IS NULL AND "endedAt" IS NOT NULL
    ELSE "agentId" IS NULL AND "endedAt" IS NULL
  END
);
