-- What visitors can book by a readable name: agents and teams share the names of a workspace. "everybody" stands for all
-- agents in turn.
CREATE TABLE "Bookable" (
    "workspaceId" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "agentId" UUID,
    "teamId" UUID,
    "publiclyBookable" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Bookable_pkey" PRIMARY KEY ("workspaceId","slug"),
    CONSTRAINT "Bookable_agent_or_team" CHECK (num_nonnulls("agentId", "teamId") = 1),
    CONSTRAINT "Bookable_slug" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length("slug") <= 60 AND "slug" <> 'everybody')
);

-- CreateIndex
CREATE UNIQUE INDEX "Bookable_workspaceId_agentId_key" ON "Bookable"("workspaceId", "agentId");

-- CreateIndex
CREATE UNIQUE INDEX "Bookable_workspaceId_teamId_key" ON "Bookable"("workspaceId", "teamId");

-- AddForeignKey
ALTER TABLE "Bookable" ADD CONSTRAINT "Bookable_workspaceId_agentId_fkey" FOREIGN KEY ("workspaceId", "agentId") REFERENCES "Agent"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Bookable" ADD CONSTRAINT "Bookable_workspaceId_teamId_fkey" FOREIGN KEY ("workspaceId", "teamId") REFERENCES "Team"("workspaceId", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Slugs of the agents and teams that exist, from their names. A name that several have, or that has no Latin letters, gets
-- the end of the id.
INSERT INTO "Bookable" ("workspaceId", "slug", "agentId", "teamId")
SELECT "workspaceId",
  CASE
    WHEN "base" NOT IN ('', 'everybody') AND count(*) OVER (PARTITION BY "workspaceId", "base") = 1 THEN "base"
    ELSE trim(both '-' FROM "base" || '-' || right(coalesce("agentId", "teamId")::text, 12))
  END,
  "agentId", "teamId"
FROM (
  SELECT "workspaceId", "agentId", "teamId", trim(both '-' FROM left(trim(both '-' FROM regexp_replace(
    regexp_replace(lower(normalize("name", NFKD)), '[\u0300-\u036f]', '', 'g'), '[^a-z0-9]+', '-', 'g'
  )), 40)) AS "base"
  FROM (
    SELECT "workspaceId", "id" AS "agentId", NULL::uuid AS "teamId", "name" FROM "Agent" WHERE "removedAt" IS NULL
    UNION ALL
    SELECT "workspaceId", NULL, "id", "name" FROM "Team"
  ) named
) based;
