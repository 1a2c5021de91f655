-- The quiet period whose idle time-out was warned of.
ALTER TABLE "Conversation" ADD COLUMN "idleWarnedFor" TIMESTAMPTZ(3);
