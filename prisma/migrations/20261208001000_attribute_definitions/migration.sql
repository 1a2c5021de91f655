-- CreateTable
CREATE TABLE "DeletedAttribute" (
    "workspaceId" UUID NOT NULL,
    "entity" "AttributeEntity" NOT NULL,
    "name" TEXT NOT NULL,
    "deletedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DeletedAttribute_pkey" PRIMARY KEY ("workspaceId","entity","name")
);

-- AddForeignKey
ALTER TABLE "DeletedAttribute" ADD CONSTRAINT "DeletedAttribute_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand from here on.

INSERT INTO "Attribute" ("id", "workspaceId", "entity", "name", "label", "type", "builtIn", "createdAt")
SELECT gen_random_uuid(), w."id", a."entity"::"AttributeEntity", a."name", a."label", a."type"::"AttributeType", true, w."createdAt"
FROM "Workspace" w CROSS JOIN (VALUES
  ('PERSON', 'email', 'E-mail address', 'EMAIL'),
  ('PERSON', 'firstName', 'First name', 'TEXT'),
  ('PERSON', 'lastName', 'Last name', 'TEXT'),
  ('PERSON', 'jobTitle', 'Job title', 'TEXT'),
  ('PERSON', 'phone', 'Phone', 'PHONE'),
  ('PERSON', 'crmStatus', 'CRM status', 'TEXT'),
  ('COMPANY', 'name', 'Company', 'TEXT'),
  ('COMPANY', 'domain', 'Domain', 'TEXT')
) AS a("entity", "name", "label", "type");

-- Attributes of people had any name and any value until now. A name that a definition cannot have becomes another one: a
-- built-in one, an empty one, and one of more than 100 characters.
CREATE FUNCTION attribute_name(entity text, name text) RETURNS text LANGUAGE sql IMMUTABLE AS '
  SELECT CASE
    WHEN length(name) BETWEEN 1 AND 100 AND NOT CASE entity
      WHEN ''PERSON'' THEN name IN (''email'', ''firstName'', ''lastName'', ''jobTitle'', ''phone'', ''crmStatus'')
      ELSE name IN (''name'', ''domain'')
    END THEN name
    ELSE regexp_replace(left(name, 60), ''[^A-Za-z0-9_]'', ''_'', ''g'') || ''_'' || left(md5(name), 8)
  END
';

-- Empty values are none. Values of several types become texts, and so do lists and objects, as JSON.
CREATE VIEW attribute_values AS
SELECT p."id", p."workspaceId", p."entity", each."key", each."value", attribute_name(p."entity", each."key") AS "name",
  CASE jsonb_typeof(each."value")
    WHEN 'boolean' THEN 'BOOLEAN'
    WHEN 'number' THEN CASE
      WHEN trunc((each."value" #>> '{}')::numeric) = (each."value" #>> '{}')::numeric
        AND abs((each."value" #>> '{}')::numeric) <= 9007199254740991 THEN 'INTEGER'
      ELSE 'NUMBER'
    END
    ELSE 'TEXT'
  END AS "type"
FROM (
  SELECT "id", "workspaceId", 'PERSON' AS "entity", "attributes" FROM "Person"
  UNION ALL
  SELECT "id", "workspaceId", 'COMPANY', "companyAttributes" FROM "Person"
) AS p, LATERAL jsonb_each(p."attributes") AS each("key", "value")
WHERE jsonb_typeof(p."attributes") = 'object' AND btrim(each."value" #>> '{}') <> '';

-- A workspace has at most 500: those that most people have.
INSERT INTO "Attribute" ("id", "workspaceId", "entity", "name", "label", "type", "createdAt")
SELECT gen_random_uuid(), "workspaceId", "entity"::"AttributeEntity", "name", "label", "type"::"AttributeType", now()
FROM (
  SELECT "workspaceId", "entity", "name", coalesce(nullif(btrim(left(min("key"), 100)), ''), "name") AS "label",
    CASE
      WHEN count(DISTINCT "type") = 1 THEN min("type")
      WHEN bool_and("type" IN ('INTEGER', 'NUMBER')) THEN 'NUMBER'
      ELSE 'TEXT'
    END AS "type",
    row_number() OVER (PARTITION BY "workspaceId" ORDER BY count(*) DESC, "entity" DESC, "name") AS "place"
  FROM attribute_values GROUP BY "workspaceId", "entity", "name"
) AS found
WHERE "place" <= 500;

CREATE VIEW typed_attributes AS
SELECT v."id", v."entity", jsonb_object_agg(
  v."name", CASE WHEN a."type" = 'TEXT' THEN to_jsonb(v."value" #>> '{}') ELSE v."value" END
) AS "attributes"
FROM attribute_values v
LEFT JOIN "Attribute" a
  ON a."workspaceId" = v."workspaceId" AND a."entity" = v."entity"::"AttributeEntity" AND a."name" = v."name"
GROUP BY v."id", v."entity";

UPDATE "Person" p SET "attributes" = coalesce(
  (SELECT t."attributes" FROM typed_attributes t WHERE t."id" = p."id" AND t."entity" = 'PERSON'), '{}'
)
WHERE p."attributes" <> '{}';

UPDATE "Person" p SET "companyAttributes" = coalesce(
  (SELECT t."attributes" FROM typed_attributes t WHERE t."id" = p."id" AND t."entity" = 'COMPANY'), '{}'
)
WHERE p."companyAttributes" <> '{}';

-- What invitations use.
INSERT INTO "AttributeUse" ("id", "workspaceId", "attributeId", "agentId")
SELECT gen_random_uuid(), a."workspaceId", a."id", i."agentId"
FROM "Attribute" a
JOIN "InvitationTemplate" i ON i."workspaceId" = a."workspaceId"
JOIN "Agent" g ON g."id" = i."agentId" AND g."removedAt" IS NULL
WHERE a."name" ~ '^[A-Za-z_][A-Za-z0-9_]*$' AND concat_ws(' ', i."subject", i."body") ~ (
  '\{\{\s*' || CASE a."entity" WHEN 'PERSON' THEN 'lead' ELSE 'company' END || '\s*\.\s*' || a."name"
  || '\s*(:\s*"[^"]*"\s*)?\}\}'
);

DROP VIEW typed_attributes;
DROP VIEW attribute_values;
DROP FUNCTION attribute_name;
