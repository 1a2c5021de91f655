-- Turns for live chat, apart from those for meetings: of all agents, in the order in which they came, and of each team.
-- (In a migration of its own: a new value of an enum can only be used once it is committed.)

INSERT INTO "RoutingPool" ("id", "workspaceId", "kind", "teamId")
SELECT gen_random_uuid(), "workspaceId", 'LIVE_CHAT', "teamId" FROM "RoutingPool" WHERE "kind" = 'MEETING';

INSERT INTO "RoutingPlace" ("workspaceId", "kind", "agentId", "position")
SELECT "workspaceId", 'LIVE_CHAT', "id", row_number() OVER (PARTITION BY "workspaceId" ORDER BY "createdAt", "id")
FROM "Agent" WHERE "removedAt" IS NULL;
