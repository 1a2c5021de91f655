-- AlterTable
ALTER TABLE "Visitor" ADD COLUMN     "claimed" JSONB;

-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "claimed" JSONB,
ADD COLUMN     "verified" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Meeting" ADD COLUMN     "verified" BOOLEAN NOT NULL DEFAULT false;

-- Written by hand from here on.

-- What is known of the past: a visitor who is verified was so, as far as it is still the same person.
UPDATE "Conversation" c SET "verified" = true FROM "Visitor" v
WHERE v."id" = c."visitorId" AND v."personId" = c."personId" AND v."verified";

UPDATE "Meeting" m SET "verified" = true FROM "Visitor" v
WHERE m."bookedBy" = 'visitor:' || v."id" AND v."personId" = m."personId" AND v."verified";

-- Nobody has to claim what is vouched for.
ALTER TABLE "Visitor" ADD CONSTRAINT "Visitor_claimed" CHECK (NOT "verified" OR "claimed" IS NULL);
